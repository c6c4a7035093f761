"""What a statement's text alone gives away: pages by OFFSET, lists without an end, conditions that no index serves."""

from collections.abc import Callable, Iterator
from typing import Any

from pglast import enums

from backend_architect.finding import Finding, Sureness
from backend_architect.postgres.catalog.model import quoted
from backend_architect.proof.plans.tables import ProjectTable
from backend_architect.proof.plans.thresholds import LARGE_TABLE
from backend_architect.proof.plans.view import WHERE_TO, PlanFailure, StatementView, advice_text
from backend_architect.sql.blocks import Block, blocks_of
from backend_architect.sql.conditions import comparisons
from backend_architect.sql.parsing import nodes
from backend_architect.sql.parsing import untyped_ast as ast
from backend_architect.sql.statement_facts import operator
from backend_architect.tune.findings import leading_wildcard, offset_page, order_by_random, unbounded_read
from backend_architect.tune.indexes.expressions import key_of, sources_in
from backend_architect.tune.indexes.model import NewIndex, NewKey

Rule = Callable[[StatementView], PlanFailure | None]
AGGREGATES = {"count", "sum", "min", "max", "avg", "bool_or", "bool_and", "array_agg", "json_agg", "jsonb_agg"}
MOST_OF_A_WINDOW = 1_000_000
"""Rows that a list of what is recent may return without a LIMIT, at the largest size."""


def _by_finding(code: str, *, least: Sureness) -> Rule:
    """Return the rule that a statement with such a finding fails, if it is sure enough."""

    def fails(view: StatementView) -> PlanFailure | None:
        enough = [Sureness.CERTAIN, Sureness.LIKELY, least]
        found = next((each for each in view.advice.findings if each.code == code and each.sureness in enough), None)
        return PlanFailure(f"{_message(found)}: {found.why}", advice_text(found)) if found else None

    return fails


def _message(finding: Finding) -> str:
    """Return what a finding says, without the name of the statement, which its case has."""
    return finding.message.rpartition(": ")[0] or finding.message


def endless(view: StatementView) -> PlanFailure | None:
    """Return a failure where a SELECT has no LIMIT and nothing else bounds its rows."""
    select = view.tree
    if not isinstance(select, ast.SelectStmt) or select.limitCount or select.op != enums.SetOperation.SETOP_NONE:
        return None
    if _one_row(select) or _from_bounded(select):
        return None
    block = next(each for each in blocks_of(select, view.tables.catalog) if each.tree is select)
    named = {source: view.tables.get(table.name) for source, table in block.sources.items() if table is not None}
    own = {source: table for source, table in named.items() if table is not None}
    grown = [table for table in own.values() if view.large(table.name, LARGE_TABLE)]
    if not grown or any(_held_by_key(block, source, table) for source, table in own.items()):
        return None
    if _window(block) and view.works[view.largest].returned <= MOST_OF_A_WINDOW:
        return None
    why = f"without LIMIT it returns every matching row of {grown[0].name}"
    return PlanFailure(why, f"{unbounded_read.RULE.code}: page it, ORDER BY … LIMIT $n, and go on by keyset")


def unsearchable(view: StatementView) -> PlanFailure | None:
    """Return a failure where a text search has no index on what it searches."""
    for block in blocks_of(view.tree, view.tables.catalog):
        for node in nodes(block.conditions, ast.A_Expr):
            if str(node.name[-1].sval) != "@@" or not isinstance(node.lexpr, ast.ColumnRef):
                continue
            owner = block.owner(node.lexpr)
            found = owner[0].sources[owner[1]] if owner else None
            table = view.tables.get(found.name) if found else None
            if owner and table and view.large(table.name, LARGE_TABLE) and not _has_words(table, owner[2]):
                index = NewIndex(table.table.schema, table.name, (NewKey(owner[2]),), method="gin")
                why = f"a rare word is looked for in every row of {table.name}"
                return PlanFailure(why, f"{index.statement().rstrip(';')}, {WHERE_TO}")
    return None


def _has_words(table: ProjectTable, column: str) -> bool:
    indexes = (each for each in table.indexes if each.method in {"gin", "gist"} and not each.predicate)
    return any(index.keys[0].column == column for index in indexes)


def deletes(view: StatementView) -> PlanFailure | None:
    """Return a failure where deleting a row reads large tables that point at it, for want of an index."""
    missing: dict[str, tuple[Finding, str]] = {}
    for node in nodes(view.tree, ast.DeleteStmt):
        for table, columns, target in _pointing(view, node.relation.relname, set()):
            key = f"{table.table.qualified} ({', '.join(quoted(name) for name in columns)})"
            finding = view.advice.keys.get(key)
            if finding and view.large(table.name, LARGE_TABLE):
                missing[key] = (finding, f"each row deleted from {target} reads all of {table.name}")
    if not missing:
        return None
    advice = [advice_text(finding) for finding, _ in missing.values()]
    return PlanFailure("; ".join(why for _, why in missing.values()), f"{'; '.join(advice)}, {WHERE_TO}")


def _pointing(view: StatementView, target: str, seen: set[str]) -> Iterator[tuple[ProjectTable, tuple[str, ...], str]]:
    """Give what points at a table, and at what a delete takes along."""
    if target in seen:
        return
    seen.add(target)
    for table, key in view.tables.pointing_at(target):
        yield table, key.columns, target
        if key.on_delete == "c":
            yield from _pointing(view, table.name, seen)


def _one_row(select: Any) -> bool:
    """Return whether a SELECT has one row by its form: aggregates without GROUP BY, or no table at all."""
    calls = [call for target in select.targetList or () for call in nodes(target.val, ast.FuncCall)]
    outside = any(
        isinstance(t.val, ast.FuncCall) and str(t.val.funcname[-1].sval) in AGGREGATES for t in select.targetList or ()
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


def _held_by_key(block: Block, source: str, table: ProjectTable) -> bool:
    """Return whether values of the call hold a whole key of a table equal: then it has one row."""
    equal: set[str] = set()
    for each in block.conditions:
        if isinstance(each, ast.A_Expr) and operator(each) == "=":
            for one, other in ((each.lexpr, each.rexpr), (each.rexpr, each.lexpr)):
                key = key_of(one, block, source)
                if key is not None and not sources_in(other, block):
                    equal.add(key.column or key.expression)
    return any(key <= equal for key in table.keys)


def _window(block: Block) -> bool:
    """Return whether a SELECT is bounded to a time before now."""
    calls = (node for each in comparisons(block) if each.operator in {">", ">="} for node in nodes(each.other, *NOW))
    return any(not isinstance(call, ast.FuncCall) or str(call.funcname[-1].sval) == "now" for call in calls)


NOW = (ast.FuncCall, ast.SQLValueFunction)
RULES: tuple[Rule, ...] = (
    _by_finding(offset_page.RULE.code, least=Sureness.POSSIBLE),
    _by_finding(order_by_random.RULE.code, least=Sureness.LIKELY),
    _by_finding(leading_wildcard.RULE.code, least=Sureness.LIKELY),
    unsearchable,
    deletes,
    endless,
)
