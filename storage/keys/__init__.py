"""API keys: the port and the Redis implementation."""
