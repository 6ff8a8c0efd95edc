"""The tests, laid out as the house is: tests/<floor>/<room>/."""
