"""The rubric judge on real weights, against people's grades, instructions in answers, and its cost."""
