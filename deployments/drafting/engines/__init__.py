"""Fetches pages for draft plans."""
