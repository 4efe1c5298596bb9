"""The steps that are not turns: start, hint, end."""
