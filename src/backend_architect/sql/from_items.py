"""Items of FROM under the names that the statement gives them and their columns."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Table
from backend_architect.sql.parsing import is_a
from backend_architect.sql.scopes import Source
from backend_architect.sql.statement_facts import function_name


def of_table(named: Any, table: Table | None) -> Source:
    """Return a table, its columns by the names of its alias."""
    alias = named.alias
    name = alias.aliasname if alias else named.relname
    if table is None or alias is None or not alias.colnames:
        return Source(name, table)
    own = [column.name for column in table.columns]
    new = [str(each.sval) for each in alias.colnames]
    return Source(name, table, renamed=dict(zip([*new, *own[len(new) :]], own, strict=False)))


def called(given: Source, name: str, names: Any) -> Source:
    """Return what a query gives under a name of its own, with the names that an alias gives its columns."""
    if not names:
        return replace(given, name=name)
    called = [str(each.sval) for each in names]
    if not given.complete and len(called) > len(given.outputs):
        return Source(name, outputs=dict.fromkeys(called), complete=True)
    own = list(given.outputs.items())
    outputs = {
        new: value for new, (_, value) in zip([*called, *(old for old, _ in own[len(called) :])], own, strict=False)
    }
    return Source(name, outputs=outputs, complete=given.complete)


def of_function(item: Any, before: int) -> Source:
    """Return a function of FROM: what it gives is known where its alias says so, else it may be anything."""
    alias = getattr(item, "alias", None)
    calls = getattr(item, "functions", None)
    own = calls[0][0] if calls else None
    name = alias.aliasname if alias else function_name(own) if is_a(own, ast.FuncCall) else f"function {before}"
    described = [str(each.colname) for each in getattr(item, "coldeflist", None) or ()]
    called = [str(each.sval) for each in alias.colnames or ()] if alias else []
    return Source(name, outputs=dict.fromkeys(described or called or [name]), complete=bool(described))


def shared_names(left: Iterable[Source], right: Iterable[Source]) -> list[str]:
    """Return the columns that NATURAL compares."""
    theirs = {name for source in right for name in source.names or ()}
    return list(dict.fromkeys(name for source in left for name in source.names or () if name in theirs))
