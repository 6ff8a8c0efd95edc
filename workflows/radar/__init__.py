"""The radar: rules that point at what a supervisor should look at. A clue (线索) is never a verdict."""
