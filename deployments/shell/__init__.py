"""The shell that every tier shares: RPC over Serve handles, replica set-up, tracing, circuit breaker, sandbox."""
