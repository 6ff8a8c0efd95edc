"""Screens of the radar."""
