"""The graders."""
