"""The routes under /session and /tools."""
