"""Array literals as PostgreSQL writes them: one dimension, no NULL inside (statistics hold none)."""

import re
from collections.abc import Sequence

ELEMENT = re.compile(r'"((?:[^"\\]|\\.)*)"|([^,{}"]+)', re.DOTALL)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)
NEEDS_ESCAPE = re.compile(r'(["\\])')


def read_array(text: str) -> list[str]:
    """Return the elements of an array literal."""
    found = ELEMENT.finditer(text[1:-1])
    return [each[2] if each[2] is not None else ESCAPED.sub(r"\1", each[1]) for each in found]


def write_array(elements: Sequence[str]) -> str:
    """Return the elements as an array literal, each in quotes."""
    quoted = (NEEDS_ESCAPE.sub(r"\\\1", element) for element in elements)
    return "{" + ",".join(f'"{element}"' for element in quoted) + "}"
