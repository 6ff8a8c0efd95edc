"""Settings by area and date, each with its source and a second person."""
