"""Tests of what households ask for."""
