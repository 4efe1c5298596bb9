"""Documents people send (résumés, job descriptions): what a reader of them sees, as text, and what was hidden."""
