"""The seam between a turn and its interviewer: the brief that goes in and the decision that comes out."""
