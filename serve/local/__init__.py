"""The platform on this machine: start, supervision, diagnosis."""
