"""Text understanding shared by policies, graders and the agent."""
