"""Template tags of Wagtail's public pages."""
