"""Counters shared by all replicas: rates in sliding windows, and slots of what runs at the same time."""
