"""Signals by which upper rooms hear, inside the transaction, that an office began or ended."""

from django.dispatch import Signal

# Both carry `office`. They are sent on the day the office comes into or goes out of force: at once by the
# service where that day has come, else by the clock's job.
office_granted = Signal()
office_ended = Signal()
