"""The load bench: whole interviews, open loop, on one machine with everything they need."""
