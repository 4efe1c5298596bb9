"""The interviewer: stateless turns over the session store."""
