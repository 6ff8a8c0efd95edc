"""Models of the room disclosure.publicity."""
