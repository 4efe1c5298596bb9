"""The steps other than turns: start, hint, end."""
