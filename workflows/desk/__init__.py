"""Officials' screens in the Wagtail admin."""
