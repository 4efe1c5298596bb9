"""Invitations of candidates."""
