"""Reading a role description: title, level and needs, from lists with headings and from prose."""

from __future__ import annotations

import pytest

from interview.drafts.role import MAX_NEEDS, Need, read_role

ADVERT = """\
**Senior Backend Engineer (m/f/d)**

About us
We are a fintech founded in 2015.

Your role
- Make sure no payment is booked twice
- Review code of colleagues

Requirements:
- 5+ years of experience with Java, Kotlin or Go
- Strong knowledge of SQL databases, message queues and caching
- Degree in computer science or similar

Nice to have
- GraphQL

We offer
- 30 days of leave
"""


def test_an_advert_with_headings() -> None:
    role = read_role(ADVERT)
    assert role.title == "Senior Backend Engineer"
    assert role.level == "senior"
    assert [need.text for need in role.skills] == [
        "Make sure no payment is booked twice",
        "Review code of colleagues",
        "Java",
        "Kotlin",
        "Go",
        "SQL databases",
        "message queues",
        "caching",
        "GraphQL",
    ]
    assert Need("Degree in computer science or similar", "formal") in role.needs
    assert role.needs[-1] == Need("GraphQL", "skill", 0.5)


def test_prose_without_headings() -> None:
    role = read_role(
        "Nurse, intensive care\n\nWe are looking for a nurse for our ward with twelve beds. You train new colleagues. "
        "You have at least three years of experience in acute care. Registration as a nurse is required. We offer a "
        "night bonus."
    )
    assert role.title == "Nurse, intensive care"
    assert [need.text for need in role.skills] == ["train new colleagues", "acute care"]
    assert [need.text for need in role.needs if need.kind == "formal"] == ["Registration as a nurse is required."]


@pytest.mark.parametrize(
    ("text", "needs"),
    [
        ("Baker. Needs: sourdough. Degree not needed.", ["sourdough"]),
        ("Baker\nWe need: sourdough and rye.", ["sourdough", "rye"]),
        ("Baker\nA degree isn't required, but a licence is a must", ["a licence is a must"]),
        ("Data engineer\nSkills: SQL, Python\nNice to have: dbt\nWe offer: free coffee", ["SQL", "Python", "dbt"]),
        (
            "Engineer\nRequirements:\n- Experience: SQL\n- Location: Berlin\n- No degree required\n- Rust",
            ["SQL", "Rust"],
        ),
        ("Baker\nYou don't need a driving licence. You need five years of experience with ovens.", ["ovens"]),
        (
            "Clerk\nTasks:\n- Plan travel and meetings\n- Driving adoption of tools\n- German, no degree required",
            ["Plan travel", "meetings", "Driving adoption of tools", "German"],
        ),
        ("Roofer\nRequirements:\n- No fear of heights\n- No visa sponsorship", ["No fear of heights"]),
    ],
)
def test_a_label_is_no_need_and_neither_is_what_is_not_asked(text: str, needs: list[str]) -> None:
    assert [need.text for need in read_role(text).needs] == needs


@pytest.mark.parametrize(
    "line",
    ["Willingness to travel", "Travel up to 30 %", "20 % travel", "Driving licence", "Occasional travel in Europe"],
)
def test_travel_that_the_role_demands_is_checked_on_paper(line: str) -> None:
    assert [need.kind for need in read_role(f"Consultant\nRequirements:\n- {line}\n- SQL").needs] == ["formal", "skill"]


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("Junior analyst\n- SQL", "junior"),
        ("Head of sales\n- selling", "senior"),
        ("Analyst\n- SQL", "mid"),
        ("Lead engineer\n- Python", "senior"),
        ("Shift lead\n- 3 years of experience in a warehouse", "mid"),
        ("Analyst\n- 7 years of experience in SQL", "senior"),
        ("Analyst\n- 1 year of experience in SQL", "junior"),
        ("Analyst\n- 2-3 years of experience in SQL", "mid"),
    ],
)
def test_the_level_comes_from_the_title_or_else_from_the_years(text: str, level: str) -> None:
    assert read_role(text).level == level


@pytest.mark.parametrize(
    ("line", "needs"),
    [
        ("Pricing experience is a plus", ["Pricing experience"]),
        ("SQL and spreadsheets", ["SQL", "spreadsheets"]),
        ("Design, build and operate payment services", ["Design, build and operate payment services"]),
        ("You are able to explain figures to laypeople", ["explain figures to laypeople"]),
        ("C++ and C#", ["C++", "C#"]),
        ("---", []),
        ("You", []),
    ],
)
def test_a_line_becomes_its_needs(line: str, needs: list[str]) -> None:
    assert [need.text for need in read_role(f"Title\n\nRequirements\n- {line}\n- Excel").skills] == [*needs, "Excel"]


def test_hostile_texts_are_read_in_bounds() -> None:
    assert read_role("").needs == ()
    assert len(read_role("Title\n" + "\n".join(f"- task number {n} of many" for n in range(500))).needs) == MAX_NEEDS
    long = read_role("Title\n- " + "very " * 50_000 + "long")
    assert all(len(need.text) <= 122 for need in long.needs)
    assert read_role("\n".join(["#"] * 50)).needs == ()


@pytest.mark.parametrize(
    "part",
    [
        "a" * 20_000,
        "5" + " " * 20_000,
        "5 " + "- " * 10_000,
        "in " * 7_000,
        "at least " * 2_000,
        "( " * 10_000,
        "m/" * 10_000,
    ],
)
def test_no_text_keeps_the_patterns_busy(part: str) -> None:
    """Quadratic patterns would meet the test's timeout here."""
    for text in (part, f"Baker\n- {part}", f"Baker ({part}\n- bread {part} years", f"Baker\n{part}\n- bread"):
        assert len(read_role(text).needs) <= MAX_NEEDS
