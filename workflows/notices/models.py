"""Models of the room workflows.notices."""
