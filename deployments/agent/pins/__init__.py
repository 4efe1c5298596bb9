"""The versions pinned at a session's start: plan, prompts, policies and thresholds."""
