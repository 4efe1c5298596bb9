"""Webhooks: signed messages about interviews to the operator's endpoints."""
