"""A page found by OFFSET.

What it checks: statements with a LIMIT and an OFFSET that is a parameter or larger than a thousand, in subqueries too;
not lookups by a unique key, and not where all tables have less than a thousand rows.

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
from backend_architect.tune.conditions import rows_left
from backend_architect.tune.examined import Examined
from backend_architect.tune.indexes.blocks import blocks_of
from backend_architect.tune.observed import Observed
from backend_architect.tune.parsing import nodes
from backend_architect.tune.rule import Rule
from backend_architect.tune.statement_facts import is_limited

DEEP = 1_000


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each statement that skips rows."""
    for examined in observed.statements:
        pages = [each for each in nodes(examined.tree, ast.SelectStmt) if is_limited(each) and _deep(each.limitOffset)]
        pages = [each for each in pages if not _is_lookup(each, observed.catalog)]
        if pages and not examined.is_small:
            yield _finding(examined, pages[0])


def _deep(offset: Any) -> bool:
    """Return whether an offset is, or may become, large."""
    if isinstance(offset, ast.A_Const):
        return isinstance(offset.val, ast.Integer) and (offset.val.ival or 0) > DEEP
    return offset is not None


def _is_lookup(tree: ast.SelectStmt, catalog: Catalog) -> bool:
    """Return whether a unique key leaves one row at most: some libraries write OFFSET 0 behind every statement."""
    blocks = blocks_of(tree, catalog)
    return len(blocks) == 1 and any(rows_left(blocks[0], source, catalog) <= 1 for source in blocks[0].sources)


def _finding(examined: Examined, tree: ast.SelectStmt) -> Finding:
    keys = [RawStream()(item.node) for item in tree.sortClause or ()]
    order = f"keep the order ({', '.join(keys)}), with the primary key last" if keys else "give it an ORDER BY first"
    return Finding(
        code=RULE.code,
        severity=examined.severity(Severity.MEDIUM),
        sureness=Sureness.LIKELY,
        subject=examined.shown,
        message=f"pages are found by OFFSET: {examined.shown}",
        why="every row before the page is read and thrown away: deep pages cost ever more",
        fix=f"begin after the last row seen, (keys) < ($1, $2) in WHERE; {order}",
        evidence=examined.facts,
    )


RULE = Rule("offset-page", "a page found by OFFSET", find)
