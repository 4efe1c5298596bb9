"""The interface between a turn and its interviewer: the brief as input and the decision as output."""
