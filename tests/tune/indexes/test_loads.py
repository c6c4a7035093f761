"""What ran once: a load is no upkeep, and a fault in what may never come again is not severe."""

from dataclasses import replace

import pytest

from backend_architect.finding import Severity
from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.examined import examine
from backend_architect.tune.indexes.upkeep import writes_of
from backend_architect.tune.workload import Statement, Workload

LOAD = "INSERT INTO orders SELECT * FROM old_orders"
ORDERS = ("public", "orders")


@pytest.mark.parametrize(
    ("calls", "rows", "seconds", "inserted"),
    [
        (1, 600_000, 3_600.0, 500.0),  # the server's count of 600,500 rows without the load
        (2, 600_000, 3_600.0, 600_500.0),  # it may come again
        (1, 500, 3_600.0, 600_500.0),  # an application may insert so many
        (1, 600_000, None, 600_000.0),  # a given workload means what it says
    ],
)
def test_a_load_is_no_upkeep(catalog: Catalog, calls: int, rows: int, seconds: float | None, inserted: float) -> None:
    tables = tuple(replace(each, inserted=600_500 if each.name == "orders" else 0) for each in catalog.tables)
    counted = replace(catalog, tables=tables, counted=3_600.0)
    workload = Workload("", (Statement("1", LOAD, calls, rows=rows),), seconds=seconds)
    assert writes_of(workload, counted)[ORDERS].inserted == inserted


def test_rows_are_counted_for_the_table_that_is_meant(catalog: Catalog) -> None:
    other = replace(catalog.tables[1], schema="archive", oid=99)
    both = replace(catalog, tables=(*catalog.tables, other))
    workload = Workload("", (Statement("1", "INSERT INTO archive.orders (id) VALUES ($1)", 7),))
    found = writes_of(workload, both)
    assert (found["archive", "orders"].inserted, found[ORDERS].inserted) == (7.0, 0.0)


@pytest.mark.parametrize(
    ("text", "calls", "seconds", "severity"),
    [
        (LOAD, 1, 60.0, Severity.LOW),
        ("SELECT * FROM orders", 1, 60.0, Severity.MEDIUM),
        ("SELECT * FROM orders", 2, 60.0, Severity.HIGH),
        ("SELECT * FROM orders", 1, None, Severity.HIGH),
    ],
)
def test_what_ran_once_is_not_severe(
    catalog: Catalog, text: str, calls: int, seconds: float | None, severity: Severity
) -> None:
    workload = Workload("", (Statement("1", text, calls, total_ms=1_000.0),), seconds=seconds)
    assert examine(workload, catalog)[0].severity(Severity.MEDIUM) is severity
