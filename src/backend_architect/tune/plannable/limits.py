"""LIMIT and OFFSET: the rows that the server counted tell how many are asked for."""

import math
from typing import Any

from pglast import ast

from backend_architect.sql.rewrite import within
from backend_architect.tune.plannable.syntax import is_constant, number

UNKNOWN = 20


def with_limits(tree: Any, rows: float | None, *, whole: bool = False) -> tuple[Any, list[str]]:
    """Return a statement whose LIMITs are numbers, and what was put there. `rows` are those of a call, if counted.

    `whole`: a call reads most of a table for them. Without a sort its LIMIT stops nothing then (`LIMIT 21` that finds
    one row reads on to the end), and it is planned as if it were not there.
    """
    notes: list[str] = []
    if whole and isinstance(tree, ast.SelectStmt) and is_constant(tree.limitCount) and not tree.sortClause:
        tree.limitCount = tree.limitOffset = None
        notes.append("no LIMIT: a call reads most of a table")
    limited = [each for each in within(tree, ast.SelectStmt) if is_constant(each.limitCount)]
    for select in limited:
        outermost = select is tree or (len(limited) == 1 and not isinstance(tree, ast.SelectStmt))
        known = outermost and rows is not None
        most = max(1, math.ceil(rows or 0)) if known else UNKNOWN
        select.limitCount = number(most)
        notes.append(f"LIMIT {most}" + (": the rows of a call" if known else ": unknown"))
    for select in within(tree, ast.SelectStmt):
        if is_constant(select.limitOffset):
            select.limitOffset = None
            notes.append("OFFSET 0")
    return tree, notes
