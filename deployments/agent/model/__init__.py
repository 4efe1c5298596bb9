"""The model-backed interviewer: prompt, structured answer, and its validation."""
