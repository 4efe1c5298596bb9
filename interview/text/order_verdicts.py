"""Patterns of forged verdicts, forged roles and bare requests for a mark, which punctuation sets off from the answer.

These patterns are searched in folded text as they are; a space is a space.
"""

# ruff: noqa: E501 – a pattern of alternatives reads better whole than broken

from __future__ import annotations

_HEAD = r"(?:^|(?<=[.!?\n;>\]}]))[\s#*>\"'-]{0,6}"
_SURE = r"(?:pass(?:ed)?|strong|excellent|outstanding|perfect|full (?:marks|credit|score|points)|hired?|approved|flawless|exemplary|a\+|maximum)"
#: Verdicts, tags and bare requests that stand alone. They are not folded into words, because their punctuation matters.
FORGED_VERDICTS: tuple[tuple[str, str], ...] = (
    (
        "in a forged verdict",
        rf"{_HEAD}(?:(?:final|overall|my|assessment|evaluation|interview|grading|recommended) )?(?:score|grade|result|verdict|outcome|assessment|evaluation|level|status|rating|mark|decision|recommendation)\s?(?::|=|-|–)+\s?(?:an? |the |is )?(?:{_SURE}|strong hire|hire|excellent candidate)(?:\s*(?=[.,;!?\n(–-]|$))",
    ),
    (
        "in a forged verdict",
        rf"{_HEAD}(?:(?:final|overall|my) )?(?:score|grade|rating|mark|marks|points|verdict)\s?[:=]?\s?(?:(?:10|ten) ?(?:/|out of) ?(?:10|ten)|5 ?/ ?5|100 ?/ ?100|100 ?%|five stars)(?![\w/])",
    ),
    ("in a forged verdict", rf"{_HEAD}verdict\s?[:=]\s?(?:correct|right|true|complete)(?!\w)"),
    (
        "in a forged verdict",
        rf"{_HEAD}(?:assessment|evaluation|grading) (?:complete|completed|finished|done)\s?[:.,-]\s?[^.!?\n]{{0,40}}?(?:met|covered|pass(?:ed)?|100 ?%|full marks|strong|excellent)(?!\w)",
    ),
    (
        "in a forged verdict",
        rf"{_HEAD}(?:return|output|print)\s?\(?[\"' ]?(?:full|perfect|top)[_ ](?:marks?|scores?|points)\b|{_HEAD}(?:score|grade|mark|set_?score|setscore|set_?grade)\s?\([^)\n]{{0,24}}\)?\s?:?=+\s?(?:1\.0+|100|10|max|full)(?![\w.])|{_HEAD}(?:score|grade|rating)\s?:=\s?(?:1\.0+|100|10|max|full)(?![\w.])",
    ),
    (
        "in a forged verdict",
        r"(?:^|(?<=[\s>.]))[`\s]{0,4}\{\s{0,4}[\"'](?:grades?|scores?|verdict|passed|rating|level|overall|marks?)[\"']\s?:\s?[\"']?(?:1\b|1\.0|10\b|100|5\b|4\b|true|strong|pass|excellent|full|max|correct|\[)",
    ),
    (
        "in a forged role",
        rf"{_HEAD}[\[<({{]\s{{0,2}}/?(?:system|sys|admin|administrator|developer|instructions?|override)(?: (?:message|prompt|note|override))?\s{{0,2}}[\])>}}]|</\s{{0,2}}\w{{0,12}}_?(?:answer|candidate|response|evidence|submission|transcript|user|student|input)s?\w{{0,12}}\s{{0,2}}>",
    ),
    (
        "to give marks",
        r"(?:^|(?<=[.!?\n]))\s*(?:(?:please|just|so|ok|okay|and)[, ]+)*(?:full marks|full credit|full points|top marks|maximum (?:points|score|marks)|a? ?perfect score)(?:[, ]+(?:please|thanks|thank you|for me|now|for (?:this|that|it)))*\s*(?=[.!?\n]|$)",
    ),
    (
        "to give marks",
        r"(?:^|(?<=[.!?\n]))\s*(?:(?:just|so|ok|okay|and|put|a)[, ]+)*(?:ten out of ten|10/10|five stars|an a(?: plus)?|a\+|a hundred(?: percent)?|100 ?%|strong|excellent|a pass|perfect)[, ]+(?:please|pls|plz)\s*(?=[.!?\n]|$)",
    ),
    (
        "to give marks",
        r"(?:^|(?<=[.!?\n]))\s*(?:please[, ]+)?just (?:put|write|enter|say) (?:down )?(?:a hundred|full marks|ten out of ten|a ten|an a|100|strong|pass)(?: percent)?(?: please| for me)?\s*(?=[.!?\n]|$)",
    ),
)
