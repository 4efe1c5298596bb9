"""Tenant names and interview ids: the tenant comes with an API key, the id is chosen by the application."""

from __future__ import annotations

import re
import unicodedata

from interview.errors import InvalidInput
from interview.text.visible_text import visible

#: The pattern of an interview id: one rule for paths, bodies, tools and stored names.
INTERVIEW_ID = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

MAX_TENANT_CHARS = 64
#: A non-ASCII letter takes several bytes, and each byte three characters in a stored name (``%C3``).
MAX_TENANT_BYTES = 80

_FORM = re.compile(INTERVIEW_ID)


def check_interview_id(interview_id: str) -> str:
    """The id itself, validated.

    Raises:

        InvalidInput: it is not 1 to 64 letters, digits, dots, dashes or underscores that begin with a letter or digit.
    """
    if not _FORM.fullmatch(interview_id):
        raise InvalidInput(
            "The interview id must be 1 to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit.",
            detail={"fields": {"interview_id": "1 to 64 of A-Z a-z 0-9 . _ -"}},
        )
    return interview_id


def tenant_problem(tenant: str) -> str:
    """The rule that ``tenant`` breaks, phrased as the end of a sentence; empty when the name is valid."""
    if not tenant:
        return "must not be empty"
    if not tenant.isprintable():
        return "may contain only letters, digits, spaces and signs; it contains a control or unassigned character"
    if tenant != tenant.strip():
        return "must not begin or end with a space"
    if len(tenant) > MAX_TENANT_CHARS or len(tenant.encode()) > MAX_TENANT_BYTES:
        return f"is longer than {MAX_TENANT_CHARS} characters or {MAX_TENANT_BYTES} bytes of UTF-8"
    if tenant != unicodedata.normalize("NFC", tenant):
        return "must be in Unicode's composed form (NFC), so that every spelling of it matches"
    return ""


def reference_problem(reference: str) -> str:
    """The rule that a candidate's reference breaks; empty when it is valid.

    It names a candidate in later requests, so no character of it is dropped.
    """
    if visible(reference) != reference or any(unicodedata.category(char) == "Cc" for char in reference):
        return "contains a control character or one that nobody sees; references are kept exactly or refused"
    return ""


def cleaned_reference(reference: str) -> str:
    """The reference without the characters that ``reference_problem`` refuses, for one that was accepted before."""
    return "".join(char for char in visible(reference) if unicodedata.category(char) != "Cc")


def check_tenant(tenant: str) -> str:
    """The tenant itself, validated.

    Raises:

        InvalidInput: ``tenant_problem`` finds one.
    """
    problem = tenant_problem(tenant)
    if problem:
        raise InvalidInput(
            f"The tenant of this API key cannot store interviews: its name {problem}. "
            "Create a key for another name: interview keys create --tenant NAME.",
            detail={"fields": {"tenant": problem}},
        )
    return tenant
