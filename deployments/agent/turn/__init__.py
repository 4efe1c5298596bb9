"""One turn: accept, observe, assess, decide, speak, reflect, commit."""
