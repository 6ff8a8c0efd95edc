"""Models of the room workflows.engine."""
