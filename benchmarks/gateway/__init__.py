"""The chat-completion gateway against its peers, on the same fake server."""
