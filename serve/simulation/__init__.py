"""Whole interviews with simulated candidates, in process and on a virtual clock, judged by code."""
