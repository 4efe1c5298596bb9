"""Decoding of recordings to samples, and detection of speech intervals."""
