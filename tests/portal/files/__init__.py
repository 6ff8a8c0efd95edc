"""Tests of the room portal.files."""
