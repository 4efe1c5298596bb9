"""``interview prompts optimise``: searches variants of a prompt by simulated interviews and publishes the best."""
