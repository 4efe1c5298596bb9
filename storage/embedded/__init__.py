"""The embedded server of a data directory: start, lock, log repair, and stop."""
