"""Input limits shared by HTTP, tools, files and RPC."""

from __future__ import annotations

#: An answer. A very long one has a few thousand characters.
MAX_ANSWER_CHARS = 20_000

#: A résumé or a role description. A long résumé has about ten thousand characters.
MAX_DOCUMENT_CHARS = 200_000

#: A candidate's name or reference.
MAX_NAME_CHARS = 500

#: An ``Idempotency-Key``.
MAX_KEY_CHARS = 255

#: Questions of one plan, its banks included.
MAX_QUESTIONS = 1_000

#: A plan's time budget: an interview over several days is several interviews.
MAX_TIME_BUDGET_S = 24 * 3600.0

#: How often a candidate may pause an interview, and for how many days each time. The store keeps a paused interview for
#: 30 days (``storage.paused_ttl_s``).
MAX_PAUSES = 10
MAX_PAUSE_DAYS = 28.0
#: Of a plan's ``reply_within_days``.
MAX_REPLY_DAYS = 90

#: A spreadsheet formula; the screen of the formula grader reads no longer one.
MAX_FORMULA_CHARS = 1_000

#: Events of one interview. A turn records about ten, a signal one.
MAX_EVENTS = 20_000
