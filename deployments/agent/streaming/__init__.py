"""Streaming of a reply while it is decided."""
