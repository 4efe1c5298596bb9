"""The domain: sessions, plans, questions, events and rules. Pure Python; no Ray, web, storage or model library."""

__version__ = "0.1.0"
