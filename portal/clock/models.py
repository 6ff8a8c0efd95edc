"""Models of the room portal.clock."""
