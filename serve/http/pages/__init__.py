"""The web pages: the candidate's room, the reviewer's inbox, the operator's console."""
