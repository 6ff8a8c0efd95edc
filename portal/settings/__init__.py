"""Settings: base, development, production, test."""
