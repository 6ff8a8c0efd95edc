"""Models of the room portal.areas."""
