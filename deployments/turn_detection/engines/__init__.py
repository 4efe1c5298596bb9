"""Models of turn detection."""
