"""Code shared by all tiers: RPC over Serve handles, replica set-up, tracing, circuit breaker, sandbox."""
