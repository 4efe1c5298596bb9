"""The encoder behind the vectors."""
