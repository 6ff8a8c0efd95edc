"""Households from an Excel table: template, safe reading, checks by cell, the difference, and writing."""
