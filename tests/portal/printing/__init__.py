"""Tests of the room portal.printing."""
