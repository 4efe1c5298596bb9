"""Live sessions: the port, the Redis and the in-memory implementation, and the feed of commits."""
