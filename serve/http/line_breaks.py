"""JSON on one line, also for readers that break lines at Unicode separators (NEL, line and paragraph separator).

JSON escapes CR and LF in strings but leaves U+0085, U+2028 and U+2029 as they are; ``str.splitlines`` and several SSE
and NDJSON clients end a line there. In JSON these characters occur only in strings, where an escape means the same
text.
"""

_BREAKS = (
    ("\u0085".encode(), rb"\u0085"),
    ("\u2028".encode(), rb"\u2028"),
    ("\u2029".encode(), rb"\u2029"),
)


def on_one_line(document: bytes) -> bytes:
    """The same JSON document without a raw line break of any kind inside its strings."""
    for raw, escaped in _BREAKS:
        if raw in document:
            document = document.replace(raw, escaped)
    return document
