"""Encryption of personal fields, keyed hashes, salted commitments."""
