"""Messages that are queued in the transaction of the act they tell of."""
