"""Graders of closed answers: choices, exact and short text, ordered lists."""
