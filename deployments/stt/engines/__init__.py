"""Speech-to-text engines and the resolution of their weights."""
