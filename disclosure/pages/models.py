"""Models of the room disclosure.pages."""
