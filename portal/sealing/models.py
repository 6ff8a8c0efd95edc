"""Models of the room portal.sealing."""
