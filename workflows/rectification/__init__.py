"""Rectification (整改): tickets that an office must answer with evidence and another person accepts."""
