"""Models of the room workflows.money."""
