"""A statement's text → its parse tree, by PostgreSQL's own parser; what it cannot parse is None."""

from collections import deque
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from pglast import ast, parse_sql, scan
from pglast.parser import ParseError

PLANNABLE = (ast.SelectStmt, ast.InsertStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)

PLANLESS = (["SAVEPOINT"], ["ROLLBACK"], ["RELEASE"], ["DEALLOCATE"], ["PREPARE", "TRANSACTION"], ["SET"])
COMMENTS = {"C_COMMENT", "SQL_COMMENT"}
untyped_ast: Any = ast
"""The nodes of a tree, for where each part is checked before it is read: by pglast's types all may be missing."""


@lru_cache(maxsize=10_000)
def parse(text: str) -> tuple[Any, ...] | None:
    """Return the trees of the statements in a text, or None where it is no SQL (a truncated text is none)."""
    try:
        return tuple(raw.stmt for raw in parse_sql(text))
    except (ParseError, ValueError, RecursionError):
        return None


def is_plannable(tree: object) -> bool:
    """Return whether a statement has a plan: it reads or writes rows."""
    return isinstance(tree, PLANNABLE)


def begins_without_plan(text: str) -> bool:
    """Return whether a text that cannot be parsed begins as a statement that has no plan.

    Since 17 the server counts `SAVEPOINT $1`, which is no SQL.
    """
    try:
        words = [token.name for token in scan(text) if token.name not in COMMENTS]
    except (ParseError, ValueError):
        return False
    return words[:1] in PLANLESS or words[:2] in PLANLESS


def is_a(node: Any, kinds: type | tuple[type, ...]) -> bool:
    """Return isinstance, and keep the node's type open: pglast types every field as possibly None."""
    return isinstance(node, kinds)


def nodes(tree: Any, *kinds: type) -> Iterator[Any]:
    """Yield every node of these kinds below (and at) a tree, level by level.

    As pglast's own Visitor walks, at a tenth of its price: findings walk each statement many times.
    """
    todo: deque[Any] = deque([tree])
    while todo:
        node = todo.popleft()
        if isinstance(node, (tuple, list)):
            todo.extendleft(reversed(node))
        elif isinstance(node, ast.Node):
            if isinstance(node, kinds):
                yield node
            for member in node:
                value = getattr(node, member)
                if isinstance(value, (tuple, ast.Node)):
                    todo.append(value)
