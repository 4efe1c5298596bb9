"""Background jobs: the port, the Redis Streams implementation, and the consumer."""
