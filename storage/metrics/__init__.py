"""The metrics board, on which every replica publishes its metrics."""
