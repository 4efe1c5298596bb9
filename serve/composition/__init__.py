"""Builds the replicas of every tier from settings: stores, ports, and the ingress."""
