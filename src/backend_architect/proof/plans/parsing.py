"""A statement's text → its parse tree, by PostgreSQL's own parser."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import pglast
from pglast import parse_sql
from pglast.parser import ParseError

ast: Any = pglast.ast
"""The nodes of a tree; most of their parts may be missing, so what is read of them is checked where it is used."""

PLANNABLE = (ast.SelectStmt, ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)


@lru_cache(maxsize=2_000)
def parse(sql: str) -> Any | None:
    """Return the tree of one statement, or None where the text is no SQL or several statements."""
    try:
        trees = parse_sql(sql)
    except (ParseError, ValueError, RecursionError):
        return None
    return trees[0].stmt if len(trees) == 1 else None


def plannable(sql: str) -> bool:
    """Return whether a text is one statement that reads or writes rows."""
    return len(sql.split()) > 1 and isinstance(parse(sql), PLANNABLE)


def below(node: Any, *kinds: type) -> Iterator[Any]:
    """Yield every node of these kinds at and below a tree; all nodes without kinds."""
    if isinstance(node, tuple | list):
        for item in node:
            yield from below(item, *kinds)
    elif isinstance(node, pglast.ast.Node):
        if not kinds or isinstance(node, kinds):
            yield node
        for name in node:
            yield from below(getattr(node, name), *kinds)
