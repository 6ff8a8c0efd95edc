"""The four meetings, their pass rules and their publication."""
