"""Tests of the room portal.signin."""
