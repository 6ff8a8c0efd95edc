"""Middle floor: what the public sees."""
