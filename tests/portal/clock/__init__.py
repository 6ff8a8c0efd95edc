"""Tests of the room portal.clock."""
