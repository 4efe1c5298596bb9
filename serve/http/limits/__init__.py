"""Limits of callers: requests and bytes in a minute, event streams and interviews at once."""
