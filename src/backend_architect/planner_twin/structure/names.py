"""The names in a text of SQL, as PostgreSQL's own scanner finds them: whatever may be called by one is among them."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pglast import ast, parse_sql
from pglast.parser import ParseError, scan

MOST_BYTES = 63
"""What PostgreSQL keeps of a longer name."""
OPENING = set("'\"$/&")
"""What begins something that must end."""
STRINGS = {"SCONST", "USCONST"}
NAMES = {"UNRESERVED_KEYWORD", "COL_NAME_KEYWORD", "TYPE_FUNC_NAME_KEYWORD"}


@lru_cache(maxsize=10_000)
def names_in(text: str) -> frozenset[str]:
    """Return every name in a text, and in the texts that it holds: the body of a function, `'a_sequence'::regclass`.

    What is no SQL, as the half of a statement that a function puts together, is looked at word by word.
    """
    found: set[str] = set()
    for token, written in _tokens(text):
        if token.name in STRINGS:
            found |= names_in(_inner(written))
        else:
            found |= {name for name in (_name(token, written),) if name}
    return frozenset(found)


def place_of(text: str) -> tuple[str, ...]:
    """Return the schema and the name that a text begins with: of `public.f(integer)` both words."""
    found: list[str] = []
    for token, written in _tokens(text):
        name = _name(token, written)
        if name:
            found.append(name)
        elif token.name != "ASCII_46":  # a dot
            break
    return tuple(found)


def _tokens(text: str) -> Iterator[tuple[Any, str]]:
    for each in (text, "".join(" " if letter in OPENING else letter for letter in text)):
        try:
            tokens = scan(each)
        except (ParseError, ValueError):
            continue
        for token in tokens:
            yield token, each[token.start : token.end + 1]
        return


def _name(token: Any, written: str) -> str:
    """Return the name that a token is, '' where it is none."""
    if token.name == "UIDENT":
        tree: Any = parse_sql(f"SELECT {written}")[0].stmt
        return "".join(str(each.sval) for each in tree.targetList[0].val.fields if isinstance(each, ast.String))
    if token.name != "IDENT" and token.kind not in NAMES:
        return ""
    name = written[1:-1].replace('""', '"') if written.startswith('"') else written.lower()
    return name.encode()[:MOST_BYTES].decode(errors="ignore")


def _inner(written: str) -> str:
    """Return what a string constant holds."""
    if written.startswith("$"):
        mark = written[: written.index("$", 1) + 1]
        return written.removeprefix(mark).removesuffix(mark)
    return written[written.index("'") + 1 : -1].replace("''", "'")
