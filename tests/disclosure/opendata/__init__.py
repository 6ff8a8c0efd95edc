"""Tests of disclosure.opendata."""
