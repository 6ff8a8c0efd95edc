"""Wagtail pages: home, section, notice, policy document, reading."""
