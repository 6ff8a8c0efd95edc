"""Models of the room portal.configuration."""
