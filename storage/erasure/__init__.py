"""Erasure of one interview from every store."""
