"""The domain: sessions, plans, questions, events and rules. Pure Python; no Ray, web, storage or model library."""
