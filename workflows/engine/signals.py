"""Signals of the engine, sent inside the transaction of the act they tell of."""

from django.dispatch import Signal

# Sent with acting, act and groups after the cases moved and before the ledger's events are appended.
acted = Signal()
