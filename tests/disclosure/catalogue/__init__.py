"""Tests of the room disclosure.catalogue."""
