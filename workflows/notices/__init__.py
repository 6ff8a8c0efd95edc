"""Notices to households and the record of their service."""
