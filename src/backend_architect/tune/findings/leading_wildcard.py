"""A search for text anywhere in a column.

What it checks: `LIKE` with a pattern that begins with `%` or `_`, `ILIKE` with any pattern, regular expressions that
are not anchored, and `strpos(…) > 0`, also as one arm of an OR; on tables of a thousand rows or more without a trigram
index for it, where no other condition leaves few rows, and not where a call reads less than a tenth of the table's
pages. How a parameter of `lower(…) LIKE $1` or `~ $1` begins, only the application knows: it is found where a log shows
such a pattern, likely where a call reads half of the table's pages, and possible at most where no pages are known.

Why it matters: a btree is ordered by beginnings: a pattern that begins with a wildcard reads every row.

Example: `WHERE name ILIKE '%smith%'`.

Instead: `CREATE EXTENSION pg_trgm` and a GIN index with `gin_trgm_ops`; or full text search for words. An arm of an OR
beside one that no index serves (a subquery, a column without an index) gains nothing from an index: there the OR is
written as a UNION first, and no index is shown.

When it is wrong: the text that is looked for has one or two letters: trigrams do not find it, and every row is read.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pglast import ast, enums

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.blocks import Block
from backend_architect.sql.conditions import SMALL_ROWS, own_nodes, rows_left
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import function_name, operator
from backend_architect.tune.examined import Examined
from backend_architect.tune.indexes.expressions import sql_over_table
from backend_architect.tune.observed import Observed
from backend_architect.tune.or_arms import unserved_arm
from backend_architect.tune.rule import Rule
from backend_architect.tune.same_expression import expression_of_index, plain_expression

ILIKE, LIKE = enums.A_Expr_Kind.AEXPR_ILIKE, enums.A_Expr_Kind.AEXPR_LIKE
REGULAR = {"~", "~*"}
CASE, PLACE = {"lower", "upper"}, {"strpos", "position"}
WILD = {"%", "_"}
MIN_ROWS_LEFT = 1_000.0
FEW_PAGES, MOST_PAGES = 0.1, 0.5
"""Of a table's pages, what a call reads that surely does not search through it, and one that surely does."""


@dataclass(frozen=True, slots=True, eq=False)
class SearchedExpression:
    """An expression over one column that is searched through."""

    expression: Any
    table: Table
    column: str
    sureness: Sureness = Sureness.LIKELY
    unserved: str = ""
    """An arm of the same OR that no index serves, as SQL."""


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement and column that is searched through."""
    for examined in observed.statements:
        for block in examined.blocks:
            for searched in _searched(block, observed.catalog, examined):
                if not _has_trigrams(observed.catalog, searched):
                    yield _finding(observed.catalog, examined, searched)


def _searched(block: Block, catalog: Catalog, examined: Examined) -> Iterator[SearchedExpression]:
    for condition in block.conditions:
        for each in own_nodes(condition, ast.A_Expr):
            expression, pattern = _anywhere(each)
            references = list(nodes(expression, ast.ColumnRef)) if expression is not None else []
            owner = block.owner(references[0]) if len(references) == 1 else None
            table = owner[0].sources[owner[1]] if owner and owner[0] is block else None
            if owner is None or table is None or catalog.rows_of(table) < SMALL_ROWS:
                continue
            sureness = _sureness(pattern, examined, catalog, table)
            if sureness is not None and rows_left(block, owner[1], catalog) > MIN_ROWS_LEFT:
                arm = unserved_arm(condition, each, block, owner[1], catalog)
                yield SearchedExpression(_uncast(expression, table), table, owner[2], sureness, arm)


def _sureness(pattern: Any, examined: Examined, catalog: Catalog, table: Table) -> Sureness | None:
    """Return how sure it is that a table is searched through, by its patterns and by the pages that a call reads.

    `pattern` is None where its text is enough; the result is None where nothing is searched through.
    """
    pages, whole = examined.pages_a_call, sum(leaf.pages for leaf in catalog.leaves_of(table))
    if pages is not None and pages < FEW_PAGES * whole:
        return None
    if pattern is None:
        return Sureness.LIKELY
    shown = [each[name] or "" for each in examined.statement.examples for name in _names(pattern) if name in each]
    if shown:
        return Sureness.LIKELY if any(text[:1] in WILD for text in shown) else None
    return Sureness.LIKELY if pages is not None and pages >= MOST_PAGES * whole else Sureness.POSSIBLE


def _names(pattern: Any) -> list[str]:
    return [f"${each.number}" for each in nodes(pattern, ast.ParamRef)]


def _anywhere(condition: ast.A_Expr) -> tuple[Any, Any]:
    """Return the expression that is searched through, None where an ordinary index serves, or nothing is searched.

    And the pattern, where only the application knows how it begins, else None.
    """
    own, pattern, name = condition.lexpr, condition.rexpr, operator(condition)
    if own is None or name.startswith("!"):
        return None, None
    if condition.kind == ILIKE or name == "~~*":
        return own, None
    if condition.kind == LIKE or name == "~~":
        folded = isinstance(own, ast.FuncCall) and function_name(own) in CASE and _is_open(pattern)
        return own if folded or _is_wild(pattern) else None, pattern if folded else None
    if condition.kind != enums.A_Expr_Kind.AEXPR_OP:
        return None, None
    if name in REGULAR:
        anchored = name == "~" and _text(pattern).startswith("^")
        return None if anchored else own, pattern if name == "~" and _is_open(pattern) else None
    if name in {">", "<>"} and isinstance(own, ast.FuncCall) and function_name(own) in PLACE and own.args:
        return own.args[0], None
    return None, None


def _is_wild(pattern: Any) -> bool:
    if isinstance(pattern, ast.FuncCall) and pattern.args:  # concat('%', $1), upper('%' || $1)
        return _is_wild(pattern.args[0])
    if isinstance(pattern, ast.A_Expr):  # '%' || $1
        return _is_wild(pattern.lexpr)
    return _text(pattern)[:1] in WILD


def _is_open(pattern: Any) -> bool:
    """Return whether only the application knows how a pattern begins."""
    return any(True for _ in nodes(pattern, ast.ParamRef)) and not _text(pattern)


def _text(node: Any) -> str:
    if isinstance(node, ast.TypeCast):
        return _text(node.arg)
    if isinstance(node, ast.A_Expr):
        return _text(node.lexpr)
    return str(node.val.sval) if isinstance(node, ast.A_Const) and isinstance(node.val, ast.String) else ""


def _uncast(expression: Any, table: Table) -> Any:
    """Return the bare column where a cast does nothing, as of a varchar to text."""
    if isinstance(expression, ast.TypeCast) and plain_expression(expression, table) == plain_expression(
        expression.arg, table
    ):
        return expression.arg
    return expression


def _has_trigrams(catalog: Catalog, searched: SearchedExpression) -> bool:
    wanted = plain_expression(searched.expression, searched.table)
    return any(
        "trgm" in key.opclass and (key.column == searched.column == wanted or _same(key.expression, searched, wanted))
        for index in catalog.indexes_of(searched.table.oid)
        if index.valid
        for key in index.keys
    )


def _same(expression: str, searched: SearchedExpression, wanted: str) -> bool:
    return bool(expression) and expression_of_index(expression, searched.table) == wanted


def _finding(catalog: Catalog, examined: Examined, searched: SearchedExpression) -> Finding:
    table = searched.table
    possible = searched.sureness is Sureness.POSSIBLE
    severity = Severity.LOW if possible else examined.severity(Severity.MEDIUM)
    fix = "a trigram index serves such patterns; full text search serves words"
    if searched.unserved:
        severity = Severity.MEDIUM if severity is Severity.HIGH else severity
        fix = f"write the OR as a UNION first, then a trigram index: no index serves its arm {searched.unserved}"
    return Finding(
        code=RULE.code,
        severity=severity,
        sureness=searched.sureness,
        subject=f"{examined.shown} ({searched.column})",
        message=f"text {'may be' if possible else 'is'} searched anywhere in {table.qualified}."
        f"{quoted(searched.column)}: {examined.shown}",
        why="an ordinary index is ordered by beginnings: every row is read",
        fix=fix,
        sql="" if searched.unserved or possible else _index_sql(searched),
        evidence=(*examined.facts, Fact("rows", f"{catalog.rows_of(table):,.0f}")),
    )


def _index_sql(searched: SearchedExpression) -> str:
    table, bare = searched.table, isinstance(searched.expression, ast.ColumnRef)
    key = quoted(searched.column) if bare else f"({sql_over_table(searched.expression)})"
    how = "" if table.kind == "p" else " CONCURRENTLY"
    return (
        "CREATE EXTENSION IF NOT EXISTS pg_trgm;\n"
        f"CREATE INDEX{how} ON {table.qualified} USING gin ({key} gin_trgm_ops);"
    )


RULE = Rule("leading-wildcard", "a search for text anywhere in a column", find)
