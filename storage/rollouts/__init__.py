"""The port of prompt rollouts: which interviews a version held, and which rollouts are halted."""
