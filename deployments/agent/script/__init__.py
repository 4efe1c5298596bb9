"""The scripted interviewer and its phrases."""
