"""Models of the room workflows.programmes."""
