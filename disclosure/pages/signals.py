"""What this room tells others: sent inside the transaction of the act."""

from django.dispatch import Signal

# page: Page, the specific one, saved. A personal datum was just taken out of it: whatever shows it is to be
# dropped at the commit, not in its turn.
page_redacted = Signal()
