"""Texts of a database, safe to show: a name or a statement may hold whatever moves a terminal's cursor."""

import unicodedata

KEPT = "\n\t"
INVISIBLE_CATEGORIES = {
    "Cc",
    "Cf",
    "Cs",
    "Co",
    "Zl",
    "Zp",
}  # control, format (right-to-left marks too), surrogates, private

MARKS = ("\\", "`", "*", "_", "|", "<", "[", "#")


def visible(text: str) -> str:
    """Return the text with every character that nobody sees written as its escape; lines stay lines."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        each if each in KEPT or unicodedata.category(each) not in INVISIBLE_CATEGORIES else _escape(each)
        for each in text
    )


def in_one_line(text: str) -> str:
    """Return the text in one line, as `visible`."""
    return visible(" ".join(text.split()))


def as_markdown(text: str) -> str:
    """Return a text in one line as Markdown shows it, whatever it holds: a name may be anything."""
    escaped = in_one_line(text)
    for mark in MARKS:
        escaped = escaped.replace(mark, f"\\{mark}")
    return escaped


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode()
