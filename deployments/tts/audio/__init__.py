"""Encoding and loudness of synthesised speech."""
