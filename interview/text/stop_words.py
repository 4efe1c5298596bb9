"""English function words: they hold a sentence together and say nothing about its subject."""

from __future__ import annotations

STOP_WORDS = frozenset(
    """
    a about all also am an and any are as at be because been being both but by can could did do does done during
    each for from had has have he her here him his how i if in into is it it's its just may me might more most must
    my no not of on only or our over own s same she should so some such t than that that's the their them then
    there these they this those to too under us very was we were what when where which while who whom why will with
    would you your
    """.split()  # noqa: SIM905 - a paragraph of words reads better than a column of strings
)
