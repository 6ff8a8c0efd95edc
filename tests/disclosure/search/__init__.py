"""The search: a kept set of questions, the index's faithfulness, and the page."""
