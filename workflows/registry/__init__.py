"""Households, members, helpers, and who is related to an official."""
