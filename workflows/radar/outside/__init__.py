"""Lists from outside: read, compared by keyed hash, forgotten. A match is a clue, never a verdict."""
