"""The report of one interview as data: types, assembly from events, findings, and overrides."""
