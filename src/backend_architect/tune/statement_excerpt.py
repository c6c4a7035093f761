"""What tells a long statement from others: ORMs write all columns first, and what is asked of them comes last."""

from functools import lru_cache

from pglast import Error, scan
from pglast.parser import Token

LONGEST = 50_000  # letters, beyond which nobody looks further
LONG_LIST = 24  # letters of a select list, from which it is left out
COMMENTS = {"SQL_COMMENT", "C_COMMENT"}


@lru_cache(maxsize=20_000)
def excerpt_of(text: str) -> str:
    """Return a statement in one line without its comments and, of a long one, its first list of columns."""
    try:
        tokens = [each for each in scan(text[:LONGEST]) if each.name not in COMMENTS]
    except Error:
        return " ".join(text.split())
    place = _from(tokens)
    if place > 1 and tokens[place - 1].end - tokens[1].start >= LONG_LIST:
        return f"SELECT … {_joined(text, tokens[place:])}"
    return _joined(text, tokens) or " ".join(text.split())


def _joined(text: str, tokens: list[Token]) -> str:
    """Return the text of tokens, with one space where there was any or a comment."""
    ends = [token.end + 1 for token in tokens]
    apart = [" " if token.start > end else "" for token, end in zip(tokens[1:], ends, strict=False)]
    return "".join(
        gap + " ".join(text[token.start : token.end + 1].split())
        for gap, token in zip(["", *apart], tokens, strict=True)
    )


def _from(tokens: list[Token]) -> int:
    """Return where the FROM of the first SELECT stands, 0 where the statement does not begin with one."""
    if not tokens or tokens[0].name != "SELECT":
        return 0
    depth = 0
    for place, each in enumerate(tokens):
        depth += {"ASCII_40": 1, "ASCII_41": -1}.get(each.name, 0)
        if depth == 0 and each.name == "FROM":
            return place
    return 0
