"""A page found by OFFSET.

What it checks: statements with a LIMIT and an OFFSET that is a parameter or larger than a thousand, in subqueries too;
not lookups by a unique key, whatever is joined to the row, and not where all tables have less than a thousand rows. A
parameter alone is possible, never high: many libraries write OFFSET 0 behind every statement. A log that shows other
values makes it likely; one that shows only zeros leaves it out.

Why it matters: the rows before the page are read and thrown away: the thousandth page costs a thousand times the
first. Rows that arrive meanwhile shift the pages, so that some are shown twice and others never.

Example: `SELECT … ORDER BY created_at DESC LIMIT 20 OFFSET $1`.

Instead: a keyset page, which begins after the last row seen: `WHERE (created_at, id) < ($1, $2) ORDER BY created_at
DESC, id DESC LIMIT 20`, with an index on those columns.

When it is wrong: only the first pages can ever be asked for.
"""

from collections.abc import Iterator
from typing import Any

from pglast import ast
from pglast.stream import RawStream

from backend_architect.finding import Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.blocks import blocks_of
from backend_architect.sql.conditions import rows_found
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import is_limited
from backend_architect.tune.examined import Examined
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule
from backend_architect.tune.workload import Statement

DEEP = 1_000
NOTHING = {"0", None}
"""What OFFSET is where no row is skipped."""


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that skips rows."""
    for examined in observed.statements:
        if examined.is_small:
            continue
        for page in nodes(examined.tree, ast.SelectStmt):
            sureness = _sureness(page.limitOffset, examined.statement) if is_limited(page) else None
            if sureness is not None and not _is_lookup(page, observed.catalog):
                yield _finding(examined, page, sureness)
                break


def _sureness(offset: Any, statement: Statement) -> Sureness | None:
    """Return how sure it is that an offset is, or becomes, large; None where it does not."""
    if offset is None:
        return None
    if isinstance(offset, ast.A_Const):
        deep = isinstance(offset.val, ast.Integer) and (offset.val.ival or 0) > DEEP
        return Sureness.LIKELY if deep else None
    values = _examples(offset, statement)
    if not values:
        return Sureness.POSSIBLE
    return Sureness.LIKELY if values - NOTHING else None


def _examples(offset: Any, statement: Statement) -> set[str | None]:
    """Return the values that a log has of an offset that is a parameter."""
    bare = offset.arg if isinstance(offset, ast.TypeCast) else offset
    name = f"${bare.number}" if isinstance(bare, ast.ParamRef) else ""
    return {each[name] for each in statement.examples if name in each}


def _is_lookup(tree: ast.SelectStmt, catalog: Catalog) -> bool:
    """Return whether a unique key leaves one row at most: some libraries write OFFSET 0 behind every statement."""
    blocks = [each for each in blocks_of(tree, catalog) if each.tree is tree]
    return any(rows_found(block, source, catalog) <= 1 for block in blocks for source in block.sources)


def _finding(examined: Examined, tree: ast.SelectStmt, sureness: Sureness) -> Finding:
    keys = [RawStream()(item.node) for item in tree.sortClause or ()]
    order = f"keep the order ({', '.join(keys)}), with the primary key last" if keys else "give it an ORDER BY first"
    severity = examined.severity(Severity.MEDIUM)
    if sureness is Sureness.POSSIBLE and severity is Severity.HIGH:
        severity = Severity.MEDIUM
    return Finding(
        code=RULE.code,
        severity=severity,
        sureness=sureness,
        subject=examined.shown,
        message=f"pages are found by OFFSET: {examined.shown}",
        why="every row before the page is read and thrown away: deep pages cost ever more",
        fix=f"begin after the last row seen, (keys) < ($1, $2) in WHERE; {order}",
        evidence=examined.facts,
    )


RULE = Rule("offset-page", "a page found by OFFSET", find)
