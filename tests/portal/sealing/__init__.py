"""Tests of the room portal.sealing."""
