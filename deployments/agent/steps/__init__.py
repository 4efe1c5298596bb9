"""The steps besides a turn: start, hint, end."""
