"""The clock of every batch: how long it stays at each step, who is reminded, and who above is told."""
