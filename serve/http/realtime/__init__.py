"""``/v1/realtime``: an interview as a spoken conversation over a WebSocket, in OpenAI's Realtime events."""
