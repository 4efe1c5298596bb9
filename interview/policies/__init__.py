"""The rules an interviewer's words must keep: their types, their files, and the pure functions that judge a draft."""
