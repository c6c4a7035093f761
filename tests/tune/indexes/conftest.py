"""A small shop's catalog, written down: what candidates come of a statement needs no server."""

import pytest

from backend_architect.postgres.catalog import Catalog, Column, Table

COLUMNS = {
    "users": {"id": "bigint", "email": "text", "name": "text", "tags": "text[]"},
    "orders": {
        "id": "bigint",
        "user_id": "bigint",
        "status": "text",
        "total": "integer",
        "note": "text",
        "data": "jsonb",
        "words": "tsvector",
        "deleted_at": "timestamp with time zone",
        "created_at": "timestamp with time zone",
        "paid": "boolean",
    },
    "lines": {"id": "bigint", "order_id": "bigint", "product": "text", "amount": "integer"},
}


def _table(oid: int, name: str) -> Table:
    columns = tuple(
        Column(
            column, kind, False, -0.5 if column.endswith("id") else 10.0, 0.0, 8, 0.99 if column == "created_at" else 0
        )
        for column, kind in COLUMNS[name].items()
    )
    counts = dict.fromkeys(
        ["scans", "rows_scanned", "index_scans", "inserted", "updated", "deleted", "updated_in_place", "live", "dead"],
        0,
    )
    return Table(
        oid=oid, schema="public", name=name, kind="r", temporary=False, partition_of=None, rows=1e6, pages=20_000,
        bytes=20_000 * 8192, total_bytes=20_000 * 8192, columns=columns, options=(), **counts,
        changed_since_analyze=0, last_analyzed=None, last_vacuumed=None, frozen_age=0,
    )  # fmt: skip


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Users, orders and their lines, a million rows each, without an index."""
    return Catalog(
        database="shop", version=18, standby=False, bytes=10**9, frozen_age=0, counted=None, settings={},
        tables=tuple(_table(oid, name) for oid, name in enumerate(COLUMNS, 1)), indexes=(), foreign_keys=(),
        primary_keys={}, sequences=(), sessions=(), checkpoints_timed=0, checkpoints_requested=0,
    )  # fmt: skip
