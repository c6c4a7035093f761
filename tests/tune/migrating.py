"""What the tests of migrations share: advice made by hand, and a database that has all shapes."""

import asyncio

from backend_architect.finding import Finding
from backend_architect.postgres.catalog import Catalog, Index
from backend_architect.tune import Observed, Statement, find_all, observe
from backend_architect.tune.indexes.model import Advice, NewIndex, NewKey, Recommended, StatementCost
from backend_architect.tune.migration import Migration, plan_migration

HOSTILE = 'Ord\'er \\ "$check$" CONCURRENTLY\nON ONLY ü'
HOSTILE_SQL = '"' + HOSTILE.replace('"', '""') + '"'

SHAPES = f"""
CREATE EXTENSION pg_stat_statements;
CREATE TABLE users (id bigint PRIMARY KEY, email text, tags jsonb, name text, nick text);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users, status text, made date);
CREATE INDEX orders_status ON orders (status);
CREATE INDEX orders_status_again ON orders (status);
CREATE TABLE events (id bigint, at date NOT NULL, kind text) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY LIST (kind);
CREATE TABLE events_2a PARTITION OF events_2 FOR VALUES IN ('a');
CREATE TABLE events_2b PARTITION OF events_2 DEFAULT;
CREATE INDEX events_kind ON events (kind);
CREATE TABLE {HOSTILE_SQL} (id int, {HOSTILE_SQL} text);
CREATE INDEX "old {HOSTILE_SQL[1:]} ON {HOSTILE_SQL} ({HOSTILE_SQL});
INSERT INTO users SELECT i, 'U' || i || '@x', '{{}}', 'n' || i FROM generate_series(1, 2000) i;
INSERT INTO orders SELECT i, 1 + i % 2000, 'open', '2024-01-01'::date + i % 400 FROM generate_series(1, 12000) i;
INSERT INTO events SELECT i, '2024-01-01'::date + i % 700, chr(97 + i % 3) FROM generate_series(1, 3000) i
""".strip()


def catalog_and_findings(url: str) -> tuple[Catalog, tuple[Finding, ...]]:
    """Return what is read of a database."""
    catalog = asyncio.run(observe(url)).observed.catalog
    return catalog, find_all(Observed(catalog, None))


def catalog_of(url: str) -> Catalog:
    """Return the catalog alone."""
    return asyncio.run(observe(url)).observed.catalog


def index(table: str, *columns: str, **more: object) -> NewIndex:
    """Return an index of plain columns."""
    return NewIndex("public", table, tuple(NewKey(column) for column in columns), **more)  # type: ignore[arg-type]


def recommended(new: NewIndex, *covers: Index, gain: float = 10.0) -> Recommended:
    """Return one that is advised."""
    return Recommended(new, bytes=1 << 20, gain=gain, upkeep=1.0, statements=("a statement",), covers=covers)


def advice(*each: Recommended, text: str = "SELECT 1") -> Advice:
    """Return advice in which one statement uses all."""
    statement = Statement(id="one", text=text, calls=100.0)
    cost = StatementCost(statement, 100.0, 10.0, tuple(one.index.name for one in each))
    return Advice(each, (cost,), budget=None, what_if="twin", candidates=len(each))


def named(catalog: Catalog, name: str) -> Index:
    """Return an index that is there."""
    return next(each for each in catalog.indexes if each.name == name)


def all_shapes(url: str) -> Migration:
    """Return a migration of the database of SHAPES with every kind of step."""
    catalog, findings = catalog_and_findings(url)
    return plan_migration(
        advice(
            recommended(index("orders", "status", "made"), named(catalog, "orders_status"), gain=50.0),
            recommended(NewIndex("public", "users", (NewKey("", "lower(email)"),)), gain=40.0),
            recommended(
                NewIndex("public", "users", (NewKey("name", opclass="gin_trgm_ops"),), method="gin"), gain=30.0
            ),
            recommended(NewIndex("public", "users", (NewKey("id"), NewKey("tags")), method="gin"), gain=25.0),
            recommended(index("events", "kind", "id"), named(catalog, "events_kind"), gain=20.0),
            recommended(index(HOSTILE, HOSTILE, "id"), named(catalog, f"old {HOSTILE}"), gain=90.0),
        ),
        findings,
        catalog,
    )
