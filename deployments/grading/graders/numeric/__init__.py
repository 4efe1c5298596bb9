"""Numeric answers: quantities, units, tolerance."""
