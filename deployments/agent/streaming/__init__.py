"""A reply that is heard while it is decided."""
