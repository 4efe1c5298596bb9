"""Reports of stored sessions, rendered as JSON, HTML and PDF."""
