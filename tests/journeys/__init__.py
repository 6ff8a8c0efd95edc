"""Journeys through the real pages in a real browser: officials with their logins, a villager without script."""
