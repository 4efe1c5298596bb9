"""Writes draft plans from role descriptions: searches the question banks, and asks a language model for the rest."""
