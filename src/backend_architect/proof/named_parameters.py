"""The parameters of a built project's statements have names (`:id`), which PostgreSQL's own parser does not know."""

import re
from re import Match

PARAMETER = re.compile(r"""'[^']*'|"[^"]*"|--.*|/\*.*?\*/|(?<![:\w]):([A-Za-z_]\w*)""")
"""A parameter, or what stands in quotes and comments, where there is none; as in `app/core/database.py`."""


def numbered(sql: str) -> str:
    """Return a statement as the database gets it: `:id` is `$1`."""
    numbers: dict[str, int] = {}

    def number(found: Match[str]) -> str:
        return f"${numbers.setdefault(found[1], len(numbers) + 1)}" if found[1] else found[0]

    return PARAMETER.sub(number, sql)


def as_columns(sql: str) -> str:
    """Return SQL that the parser takes, with each word where it was: `:id` is the column `xid`."""
    return PARAMETER.sub(lambda found: f"x{found[1]}" if found[1] else found[0], sql)
