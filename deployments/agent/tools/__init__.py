"""The agent's tools: one registry, called by a turn, over HTTP, by a model and over MCP."""
