"""A search for text anywhere in a column.

What it checks: `LIKE` with a pattern that begins with `%` or `_`, and `ILIKE` with any pattern or parameter, on tables
without a trigram index.

Why it matters: a btree is ordered by beginnings: a pattern that begins with a wildcard reads every row.

Example: `WHERE name ILIKE '%smith%'`.

Instead: `CREATE EXTENSION pg_trgm` and a GIN index with `gin_trgm_ops`; or full text search for words.

When it is wrong: the other conditions leave few rows.
"""

from collections.abc import Iterator

from pglast import ast, enums

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.postgres.catalog.model import quoted
from backend_architect.tune.observed import Observed
from backend_architect.tune.parsing import nodes
from backend_architect.tune.rule import Rule
from backend_architect.tune.statement_facts import column_name, tables_of, tree_of

ILIKE = enums.A_Expr_Kind.AEXPR_ILIKE
LIKES = {enums.A_Expr_Kind.AEXPR_LIKE, ILIKE}


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement and column that is searched through."""
    for statement in observed.workload.statements if observed.workload else ():
        tree = tree_of(statement.text)
        if tree is None:
            continue
        columns = {column_name(each.lexpr) for each in nodes(tree, ast.A_Expr) if _anywhere(each)}
        for column in sorted(columns - {""}):
            table = _table_of(observed.catalog, {name for _, name, _ in tables_of(tree)}, column)
            if table and not _has_trigrams(observed.catalog, table, column):
                yield Finding(
                    code=RULE.code,
                    severity=Severity.MEDIUM,
                    sureness=Sureness.LIKELY,
                    subject=f"{statement.shown} ({column})",
                    message=f"text is searched anywhere in {table}.{column}: {statement.shown}",
                    why="an ordinary index is ordered by beginnings: every row is read",
                    fix="a trigram index serves such patterns; full text search serves words",
                    sql="CREATE EXTENSION IF NOT EXISTS pg_trgm;\n"
                    f"CREATE INDEX CONCURRENTLY ON {table} USING gin ({quoted(column)} gin_trgm_ops);",
                    evidence=(Fact("calls", f"{statement.calls:,.0f}"), Fact("mean", f"{statement.mean_ms:,.1f} ms")),
                )


def _anywhere(expression: ast.A_Expr) -> bool:
    """Return whether no ordinary index serves the pattern: none ever serves one that ignores case."""
    if expression.kind not in LIKES:
        return False
    return _wild(expression.rexpr) or (expression.kind == ILIKE and isinstance(expression.rexpr, ast.ParamRef))


def _wild(pattern: object) -> bool:
    if isinstance(pattern, ast.A_Const) and isinstance(pattern.val, ast.String):
        return str(pattern.val.sval)[:1] in {"%", "_"}
    return isinstance(pattern, ast.A_Expr) and _wild(pattern.lexpr)  # '%' || $1


def _table_of(catalog: Catalog, names: set[str], column: str) -> str:
    tables = [t for t in catalog.tables if t.name in names and t.column(column) and t.rows >= 1_000]
    return tables[0].qualified if tables else ""


def _has_trigrams(catalog: Catalog, table: str, column: str) -> bool:
    return any(
        key.column == column and "trgm" in key.opclass
        for each in catalog.tables
        if each.qualified == table
        for index in catalog.indexes_of(each.oid)
        for key in index.keys
    )


RULE = Rule("leading-wildcard", "a search for text anywhere in a column", find)
