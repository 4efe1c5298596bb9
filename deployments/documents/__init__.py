"""Candidates' documents (résumés, job descriptions): the visible text, and a record of hidden text."""
