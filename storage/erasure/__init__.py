"""Erasure: everything about one interview, from every store."""
