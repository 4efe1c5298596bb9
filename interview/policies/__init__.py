"""The rules for an interviewer's utterances: their types, their files, and the pure functions that judge a draft."""
