"""Models of the room portal.files."""
