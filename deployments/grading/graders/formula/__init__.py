"""Spreadsheet formulas graded by what they do: screened, then run on randomised sheets in a killable process."""
