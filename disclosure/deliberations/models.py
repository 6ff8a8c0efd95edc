"""Models of the room disclosure.deliberations."""
