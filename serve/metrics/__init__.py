"""Prometheus metrics of every process, merged into one scrape."""
