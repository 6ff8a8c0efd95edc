"""Models of the room portal.outbox."""
