"""Replay: folds a session's events again and repeats every decision made by rule."""
