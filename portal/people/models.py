"""Models of the room portal.people."""
