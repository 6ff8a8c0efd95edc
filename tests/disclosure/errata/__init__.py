"""Tests of the room disclosure.errata."""
