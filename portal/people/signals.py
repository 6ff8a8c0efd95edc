"""Signals by which other rooms hear, inside the transaction, of offices and of passwords."""

from django.dispatch import Signal

# Both carry `office`. They are sent on the day the office comes into or goes out of force: at once by the
# service where that day has come, else by the clock's job.
office_granted = Signal()
office_ended = Signal()
# The password was taken away (by a reset) or set anew: carries `user`, and `request` where its person did it.
password_changed = Signal()
