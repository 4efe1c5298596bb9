"""One interview as events: the state, the events, the fold between them, and the candidate's requests."""
