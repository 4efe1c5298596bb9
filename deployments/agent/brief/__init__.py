"""The seam between a turn and whoever decides it: what an interviewer is told and what it may return."""
