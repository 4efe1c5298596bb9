"""Grades spreadsheet formulas by their results on randomised sheets, after a screen and in a killable process."""
