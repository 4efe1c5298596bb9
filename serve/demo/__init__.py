"""The demonstration: one whole spoken interview over HTTP, shown live."""
