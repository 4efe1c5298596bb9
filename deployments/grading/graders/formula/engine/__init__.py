"""A spreadsheet calculation engine for one formula on one sheet: values, references, arrays, functions.

It evaluates a parsed formula (``syntax``) the way Excel documents it. It opens no file, no network and no program, and
every array it builds counts against a budget. docs/adr/0020-formula-engine.md says why it exists.
"""
