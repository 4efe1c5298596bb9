"""What a session keeps from its start: plan, prompts, policies and thresholds."""
