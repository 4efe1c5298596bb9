"""One encoding of tenants and ids: reversible, one segment, and different on every file system where names differ."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from interview.errors import InvalidInput
from interview.sessions.ids import check_interview_id, check_tenant, tenant_problem
from storage.blobs.layout import checked
from storage.stored_names import decoded, encoded

NAMES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)


@given(NAMES)
def test_what_was_encoded_is_decoded_to_the_same_name(name: str) -> None:
    assert decoded(encoded(name)) == name


@given(NAMES, NAMES)
def test_two_names_differ_even_where_capitals_do_not_count(one: str, other: str) -> None:
    assert (encoded(one).casefold() == encoded(other).casefold()) == (one == other)


@given(NAMES)
def test_an_encoded_name_is_one_plain_segment(name: str) -> None:
    assert not set(encoded(name)) & set("/:{}\\ \n\0")
    assert checked(f"sessions/{encoded(name)}/x")


@pytest.mark.parametrize(
    "name", ["Acme Corp", "acme", "Müller", "a/b", "株式会社", "🦊", "..", ".", "{x}", "a:b", "%41", "Ü" * 40]
)
def test_a_printable_name_may_be_a_tenants(name: str) -> None:
    assert check_tenant(name) == name
    assert decoded(encoded(name)) == name
    assert checked(f"sessions/{encoded(name)}/x")


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("", "empty"),
        (" acme", "space"),
        ("acme ", "space"),
        ("a\nb", "control"),
        ("a\x00b", "control"),
        ("a\u200bb", "control"),
        ("a\ud800b", "control"),
        ("x" * 65, "longer"),
        ("Ü" * 41, "longer"),
        ("Mu\u0308ller", "NFC"),
    ],
)
def test_another_name_is_refused_with_the_rule_it_breaks(name: str, problem: str) -> None:
    assert problem in tenant_problem(name)
    with pytest.raises(InvalidInput, match=problem) as caught:
        check_tenant(name)
    assert "interview keys create" in caught.value.message


@pytest.mark.parametrize("interview_id", ["", ".", "..", ".a", "a/b", "a b", "é", "x" * 65, "a\n", "-a", "a\\b", "a:b"])
def test_a_hostile_interview_id_is_refused(interview_id: str) -> None:
    with pytest.raises(InvalidInput):
        check_interview_id(interview_id)
