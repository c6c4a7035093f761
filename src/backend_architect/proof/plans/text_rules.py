"""What a statement's text alone gives away: pages by OFFSET, lists without an end, conditions that no index serves."""

from collections.abc import Iterator
from typing import Any

from pglast import enums
from pglast.stream import RawStream

from backend_architect.proof.plans.advice import WHERE_TO, own_tables, wanted_of
from backend_architect.proof.plans.tables import ProjectTable
from backend_architect.proof.plans.thresholds import LARGE_TABLE
from backend_architect.proof.plans.view import PlanFailure, StatementView
from backend_architect.sql.parsing import nodes
from backend_architect.sql.parsing import untyped_ast as ast


def offset(view: StatementView) -> PlanFailure | None:
    """Return a failure where pages are counted off with OFFSET: each reads all pages before it."""
    for select in nodes(view.tree, ast.SelectStmt):
        if select.limitOffset is not None and RawStream()(select.limitOffset) != "0":
            order = ", ".join(RawStream()(item.node) for item in select.sortClause or ()) or "created_at, id"
            return PlanFailure(
                "OFFSET reads and throws away every row before the page",
                f"keyset: WHERE ({order}) < ($n, $m) ORDER BY … LIMIT, with the last row of the page before, no OFFSET",
            )
    return None


def random_order(view: StatementView) -> PlanFailure | None:
    """Return a failure where the order is random: every row is read and sorted for each answer."""
    for select in nodes(view.tree, ast.SelectStmt):
        for item in select.sortClause or ():
            if any(str(call.funcname[-1].sval) == "random" for call in nodes(item.node, ast.FuncCall)):
                return PlanFailure(
                    "ORDER BY random() reads and sorts the whole table",
                    "pick from a random key: WHERE id > $1 ORDER BY id LIMIT n, with a random uuid as $1",
                )
    return None


def endless(view: StatementView) -> PlanFailure | None:
    """Return a failure where a SELECT has no LIMIT and nothing else bounds its rows."""
    select = view.tree
    if not isinstance(select, ast.SelectStmt) or select.limitCount or select.op != enums.SetOperation.SETOP_NONE:
        return None
    if _one_row(select) or _from_bounded(select):
        return None
    grown = [table for table in _plain_tables(view, select) if view.large(table.name, LARGE_TABLE)]
    if not grown or any(_held_by_key(view, select, table) for table in _plain_tables(view, select)):
        return None
    if _window(select) and view.works[view.largest].returned <= LARGE_TABLE * 100:
        return None
    name = grown[0].name
    wanted = next(wanted_of(select, view.tables, name, _alias(select, name)), None)
    keys = ", ".join(wanted.keys if wanted else ()) or "created_at DESC, id DESC"
    return PlanFailure(
        f"without LIMIT it returns every matching row of {name}",
        f"page it: ORDER BY … LIMIT $n, and go on by keyset; CREATE INDEX ON {name} ({keys}) serves it",
    )


def wildcard(view: StatementView) -> PlanFailure | None:
    """Return a failure where a pattern begins with a wildcard and no trigram index is there for it."""
    for node in nodes(view.tree, ast.A_Expr):
        if node.kind not in {enums.A_Expr_Kind.AEXPR_LIKE, enums.A_Expr_Kind.AEXPR_ILIKE} or not _leading(node.rexpr):
            continue
        column = RawStream()(node.lexpr).split(".")[-1]
        table = next((t for t in view.tables if column in t.columns and view.large(t.name, LARGE_TABLE)), None)
        if table and not any(i.method in {"gin", "gist"} and "trgm" in "".join(i.keys) for i in table.indexes.values()):
            return PlanFailure(
                f"a pattern that begins with a wildcard reads every row of {table.name}",
                f"a list with match: [{column}] (full-text search), or CREATE EXTENSION pg_trgm; "
                f"CREATE INDEX ON {table.name} USING gin ({column} gin_trgm_ops)",
            )
    return None


def unsearchable(view: StatementView) -> PlanFailure | None:
    """Return a failure where a text search has no index on what it searches."""
    for node in nodes(view.tree, ast.A_Expr):
        if str(node.name[-1].sval) != "@@":
            continue
        searched = RawStream()(node.lexpr)
        column = searched.split(".")[-1] if isinstance(node.lexpr, ast.ColumnRef) else searched
        tables = [t for t in view.tables if column in t.columns] if isinstance(node.lexpr, ast.ColumnRef) else []
        for table in [t for t in tables if view.large(t.name, LARGE_TABLE) and t.name in _named(view.tree)]:
            if not any(
                i.method in {"gin", "gist"} and i.keys[0] == column and not i.predicate for i in table.indexes.values()
            ):
                return PlanFailure(
                    f"a rare word is looked for in every row of {table.name}",
                    f"CREATE INDEX ON {table.name} USING gin ({column}), {WHERE_TO}",
                )
    return None


def deletes(view: StatementView) -> PlanFailure | None:
    """Return a failure where deleting a row reads large tables that point at it, for want of an index."""
    missing = {
        f"{table.name} ({column})": (table.name, target)
        for node in nodes(view.tree, ast.DeleteStmt)
        for table, column, target in _pointing(view, node.relation.relname, set())
        if view.large(table.name, LARGE_TABLE) and not _is_served(table, column)
    }
    if not missing:
        return None
    scans = [f"each row deleted from {target} reads all of {name}" for name, target in missing.values()]
    return PlanFailure("; ".join(scans), "; ".join(f"CREATE INDEX ON {index}" for index in missing) + f", {WHERE_TO}")


RULES = (offset, random_order, wildcard, unsearchable, deletes, endless)


def _pointing(view: StatementView, target: str, seen: set[str]) -> Iterator[tuple[ProjectTable, str, str]]:
    """Give what points at a table, and at what a delete takes along."""
    if target in seen:
        return
    seen.add(target)
    for table, key in view.tables.pointing_at(target):
        yield table, key.columns[0], target
        if key.on_delete == "c":
            yield from _pointing(view, table.name, seen)


def _is_served(table: ProjectTable, column: str) -> bool:
    """Return whether an index begins with a column, for all rows that have a value in it."""
    return any(
        index.method == "btree" and index.keys[0] == column and index.predicate in {"", f"({column} IS NOT NULL)"}
        for index in table.indexes.values()
    )


def _one_row(select: Any) -> bool:
    """Return whether a SELECT has one row by its form: aggregates without GROUP BY, or no table at all."""
    calls = [call for target in select.targetList or () for call in nodes(target.val, ast.FuncCall)]
    names = {"count", "sum", "min", "max", "avg", "bool_or", "bool_and", "array_agg", "json_agg", "jsonb_agg"}
    outside = any(
        isinstance(t.val, ast.FuncCall) and str(t.val.funcname[-1].sval) in names for t in select.targetList or ()
    )
    return not select.fromClause or (bool(calls) and outside and not select.groupClause)


def _from_bounded(select: Any) -> bool:
    """Return whether the rows come from a CTE, or from a subselect that has a LIMIT of its own."""
    names = {cte.ctename for cte in (select.withClause.ctes if select.withClause else ())}
    for item in nodes(select.fromClause, ast.RangeSubselect, ast.RangeVar):
        if isinstance(item, ast.RangeVar) and item.relname in names:
            return True
        if isinstance(item, ast.RangeSubselect) and (item.subquery.limitCount or not item.subquery.fromClause):
            return True
    return False


def _plain_tables(view: StatementView, select: Any) -> list[ProjectTable]:
    found = [view.tables.get(item.relname) for item in own_tables(select)]
    return [table for table in found if table]


def _held_by_key(view: StatementView, select: Any, table: ProjectTable) -> bool:
    """Return whether the conditions hold a whole key of a table equal: then it has one row."""
    aliases = [item.alias.aliasname if item.alias else item.relname
               for item in own_tables(select) if item.relname == table.name]  # fmt: skip
    wanted = (next(wanted_of(select, view.tables, table.name, alias), None) for alias in aliases)
    return any(key <= set(each.fixed) for each in wanted if each is not None for key in table.keys)


def _window(select: Any) -> bool:
    """Return whether a SELECT is bounded to a time before now."""
    return any(
        str(node.name[-1].sval) in {">", ">="} and "now()" in RawStream()(node).lower()
        for node in nodes(select.whereClause, ast.A_Expr)
    )


def _alias(select: Any, table: str) -> str:
    for item in own_tables(select):
        if item.relname == table:
            return str(item.alias.aliasname if item.alias else item.relname)
    return table


def _leading(node: Any) -> bool:
    """Return whether a pattern begins with a wildcard, as far as its text tells."""
    first = node
    while isinstance(first, ast.A_Expr):
        first = first.lexpr
    return (
        isinstance(first, ast.A_Const) and isinstance(first.val, ast.String) and first.val.sval.startswith(("%", "_"))
    )


def _named(tree: Any) -> set[str]:
    return {item.relname for item in nodes(tree, ast.RangeVar)}
