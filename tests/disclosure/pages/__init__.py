"""Tests of the room disclosure.pages."""
