"""The languages of interviews: one file of data for each, and the code that reads it."""
