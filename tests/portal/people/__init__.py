"""Tests of the room portal.people."""
