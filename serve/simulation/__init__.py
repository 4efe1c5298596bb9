"""Simulated interviews, in process and on a virtual clock, with gates checked by code."""
