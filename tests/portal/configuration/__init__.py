"""Tests of the room portal.configuration."""
