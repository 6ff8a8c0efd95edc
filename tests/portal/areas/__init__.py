"""Tests of the room portal.areas."""
