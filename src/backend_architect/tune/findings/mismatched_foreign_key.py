"""A foreign key whose column is of another type than the key that it points at.

What it checks: foreign keys with an integer column narrower than the key, or any other two types that differ.
A varchar that points at a text is left alone, and so are tables with fewer than 100 rows, and partitions.

Why it matters: rows with keys beyond the narrower type can never be pointed at: inserts fail on the day when the key
passes 2,147,483,647; and comparing unlike types can keep an index from serving.

Example: `order_items.order_id integer REFERENCES orders (id bigint)`.

Instead: change the column to the key's type while the table is small; for a large one a new column, filled in batches
and swapped in.

When it is wrong: the target will never hold so many rows.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, ForeignKey, Table
from backend_architect.postgres.catalog.model import quoted
from backend_architect.sql.column_types import bare, family
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

WIDTHS = {"smallint": 2, "integer": 4, "bigint": 8}
SMALL_ROWS = 100
HALF = {"smallint": 16_384, "integer": 1 << 30}


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each column of a foreign key whose type cannot hold, or is unlike, the key's."""
    catalog = observed.catalog
    for key in catalog.foreign_keys:
        table, target = catalog.table_by_oid.get(key.table), catalog.table_by_oid.get(key.target)
        if table is None or target is None or catalog.rows_of(table) < SMALL_ROWS or table.partition_of is not None:
            continue
        for name, pointed in zip(key.columns, key.target_columns, strict=True):
            own, wanted = _type(table, name), _type(target, pointed)
            if _differs(own, wanted):
                yield _finding(catalog, key, name, (own, wanted))


def _type(table: Table, name: str) -> str:
    column = table.column(name)
    return bare(column.type) if column else ""


def _differs(own: str, wanted: str) -> bool:
    if own in WIDTHS and wanted in WIDTHS:
        return WIDTHS[own] < WIDTHS[wanted]
    return own != wanted and not family(own) == family(wanted) == "text"


def _finding(catalog: Catalog, key: ForeignKey, name: str, types: tuple[str, str]) -> Finding:
    table, target = catalog.table_by_oid[key.table], catalog.table_by_oid[key.target]
    own, wanted = types
    rows = catalog.rows_of(target)
    return Finding(
        code=RULE.code,
        severity=Severity.HIGH if rows > HALF.get(own, rows) else Severity.MEDIUM,
        sureness=Sureness.CERTAIN,
        subject=f"{table.qualified} ({quoted(name)})",
        message=f"{table.qualified}.{quoted(name)} is {own}, and points at a {wanted} of {target.qualified}",
        why="a key that does not fit fails on insert, and unlike types keep indexes from serving",
        fix=f"make it {wanted}: at once while the table is small, else by a new column, filled in batches",
        sql=f"ALTER TABLE {table.qualified} ALTER COLUMN {quoted(name)} TYPE {wanted};",
        evidence=(Fact("rows", f"{catalog.rows_of(table):,.0f}"), Fact("rows it points at", f"{rows:,.0f}")),
    )


RULE = Rule("mismatched-foreign-key", "a foreign key of another type than its target", find)
