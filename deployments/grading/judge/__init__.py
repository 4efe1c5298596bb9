"""The rubric judge: prompt, quotes, and the checks on a model's grades."""
