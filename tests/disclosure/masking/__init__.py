"""Tests of the room disclosure.masking."""
