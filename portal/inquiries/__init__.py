"""The sealed log of what inspectors search: nobody who runs the portal can read it."""
