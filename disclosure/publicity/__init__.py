"""Public lists: frozen rows, clock, proof of posting, objections."""
