"""The board on which every replica publishes its metrics."""
