"""Models of the room workflows.registry."""
