"""Accounts, offices, recusal."""
