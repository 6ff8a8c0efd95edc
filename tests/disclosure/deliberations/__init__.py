"""Tests of the room disclosure.deliberations."""
