"""Sizing of a deployment from measured costs."""
