"""Tests of the room portal.outbox."""
