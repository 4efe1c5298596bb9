"""Deterministic graders, one package per family, and the table that names them."""
