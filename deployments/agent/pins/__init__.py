"""The versions a session is pinned to at its start: plan, prompts, policies and thresholds."""
