"""Models of the room portal.ledger."""
