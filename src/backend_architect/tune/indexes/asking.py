"""What a statement asks of its tables in every call, whatever it was planned with."""

from dataclasses import replace

from pglast import ast

from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.indexes.access import Access, accesses_in
from backend_architect.tune.parsing import nodes
from backend_architect.tune.plannable import plannable
from backend_architect.tune.statement_facts import tree_of
from backend_architect.tune.workload import Statement

Asks = tuple[tuple[Access, ...], str]
"""The accesses of a statement, and why there are no more: '' where there are all."""


def asks_of(statement: Statement, catalog: Catalog) -> Asks:
    """Return what a statement asks of its tables, and why it cannot be taken apart: '' where it can.

    A value that stands for a parameter while it is planned is one call's: no index may hold it as its condition or in
    its expression, or the next call would not find its rows there.
    """
    accesses, reason = _read(statement, catalog)
    if not statement.examples:
        return accesses, reason
    written = {
        _place(each, fixed.sql) for each in _read(replace(statement, examples=()), catalog)[0] for fixed in each.fixed
    }
    return tuple(_only(each, written) for each in accesses), reason


def names_no_table(sql: str) -> bool:
    """Return whether a statement only calls functions: no index changes what it costs."""
    return not any(True for _ in nodes(tree_of(sql), ast.RangeVar))


def _read(statement: Statement, catalog: Catalog) -> Asks:
    return accesses_in(tree_of(plannable(statement, catalog).sql), catalog)


def _only(access: Access, written: set[tuple[str, str, str]]) -> Access:
    return replace(access, fixed=tuple(each for each in access.fixed if _place(access, each.sql) in written))


def _place(access: Access, condition: str) -> tuple[str, str, str]:
    return access.table.schema, access.table.name, condition
