"""Simulated interviews, in process and on a virtual clock, checked by gates."""
