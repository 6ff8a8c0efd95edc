"""Tests of the room disclosure.publicity."""
