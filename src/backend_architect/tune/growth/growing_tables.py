"""Which tables grow with the business, and which are lists that stay: countries, states, plans."""

from collections.abc import Iterable, Mapping

from backend_architect.postgres.catalog import Table

FEW_ROWS = 1_000
MIN_WRITES = 1_000


def growing_tables(tables: Iterable[Table]) -> Mapping[tuple[str, str], float]:
    """Return the tables that grow, by schema and name, with their rows today.

    A table of fewer than 1,000 rows that hardly anybody writes stays. Partitions grow or stay with their table.
    """
    known = {table.oid: table for table in tables}
    trees: dict[int, list[Table]] = {}
    for table in known.values():
        trees.setdefault(_root(table, known).oid, []).append(table)
    grow = (table for tree in trees.values() if _grows(tree) for table in tree if not table.temporary)
    return {(table.schema, table.name): max(table.rows, 0.0) for table in grow}


def _root(table: Table, known: Mapping[int, Table]) -> Table:
    while table.partition_of is not None and table.partition_of in known:
        table = known[table.partition_of]
    return table


def _grows(tree: list[Table]) -> bool:
    leaves = [table for table in tree if table.kind != "p"]
    return sum(max(table.rows, 0) for table in leaves) >= FEW_ROWS or sum(t.inserted for t in leaves) >= MIN_WRITES
