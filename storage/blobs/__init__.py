"""Blobs: the port, the fsspec implementation, and the one layout of paths."""
