"""One interview as events: the state, the events, the fold between them, and what a candidate asks for."""
