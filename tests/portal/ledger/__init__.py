"""Tests of the room portal.ledger."""
