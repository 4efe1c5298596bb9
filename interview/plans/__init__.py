"""Interview plans and questions: their types, their YAML files, the checks between them, and plan matching."""
