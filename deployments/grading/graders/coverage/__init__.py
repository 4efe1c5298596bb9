"""Key-point coverage of open answers."""
