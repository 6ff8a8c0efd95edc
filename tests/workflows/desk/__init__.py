"""Tests of the officials' screens."""
