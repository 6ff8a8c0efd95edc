"""One file for each flow: declarative data and its own rules."""
