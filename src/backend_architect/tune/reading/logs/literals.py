"""The constants of a statement as examples of the parameters that stand for them in its normalised text."""

from collections.abc import Mapping
from typing import Any

from pglast import parse_sql
from pglast.parser import ParseError, scan

PARAMETER, MINUS = "PARAM", "ASCII_45"


def read_literals(text: str, normalised: str) -> Mapping[str, str | None]:
    """Return the value of each parameter that normalising made of a constant, by `$1`; {} where they do not match."""
    found: dict[str, str | None] = {}
    tokens = iter([(each.name, text[each.start : each.end + 1]) for each in scan(text)])
    for token in scan(normalised):
        name, written = next(tokens, ("", ""))
        own = normalised[token.start : token.end + 1]
        if token.name != PARAMETER or written == own:
            if name != token.name:
                return {}
            continue
        if name == MINUS:
            written += next(tokens, ("", ""))[1]
        known, value = _value(written)
        if known:
            found.setdefault(own, value)
    return found


def _value(written: str) -> tuple[bool, str | None]:
    """Return whether a token is a constant, and its value as text."""
    try:
        select: Any = parse_sql(f"SELECT {written}")[0].stmt
        constant = select.targetList[0].val
    except (ParseError, ValueError):
        return False, None
    if getattr(constant, "isnull", False):
        return True, None
    value = getattr(constant, "val", None)
    text = getattr(value, "sval", None)
    return value is not None, text if text is not None else written
