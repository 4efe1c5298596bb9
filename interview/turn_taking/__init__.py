"""Turn-taking in a spoken interview, pure: when an answer ends, when speech interrupts, when to offer help."""
