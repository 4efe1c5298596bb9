"""Symbolic answers, compared in the sandbox."""
