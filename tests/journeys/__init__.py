"""Journeys through the real pages in a browser: officials with their logins, a villager without script."""
