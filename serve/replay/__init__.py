"""Replay: folds a session's events again and repeats every rule-based decision."""
