"""Tests of the room portal.inquiries."""
