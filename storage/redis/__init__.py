"""The connection to Redis: pooling, deadlines, scripts, and error mapping."""
