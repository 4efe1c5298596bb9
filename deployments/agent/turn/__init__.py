"""One turn: accept, observe, act, decide, speak, reflect, commit."""
