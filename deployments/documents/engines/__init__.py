"""Readers of PDF, DOCX and plain text; they run in the sandbox."""
