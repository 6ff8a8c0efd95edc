"""Top floor: what officials do."""
