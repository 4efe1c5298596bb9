"""YAML as operators write it: safe reading with line numbers, and typed checks that list every problem."""
