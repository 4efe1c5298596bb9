"""The written summary of a whole interview, by a language model whose every quote is verified."""
