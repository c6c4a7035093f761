"""A small catalog, for tests that need no server."""

from backend_architect.postgres.catalog import Catalog, Column, Table

KINDS = (("id", "bigint"), ("name", "text"), ("made", "timestamp with time zone"), ("due", "date"))
COLUMNS = tuple(
    Column(name, kind, not_null=False, distinct=-1.0, nulls=0.0, width=8, correlation=0.0) for name, kind in KINDS
)
OF_COUNTS = dict.fromkeys(
    ("scans", "rows_scanned", "index_scans", "inserted", "updated", "deleted", "updated_in_place", "live", "dead"), 0
)
POSTS = Table(
    oid=1,
    schema="public",
    name="posts",
    kind="r",
    temporary=False,
    partition_of=None,
    rows=1000.0,
    pages=10,
    bytes=81920,
    total_bytes=81920,
    columns=COLUMNS,
    options=(),
    changed_since_analyze=0,
    last_analyzed=None,
    last_vacuumed=None,
    frozen_age=0,
    **OF_COUNTS,
)
CATALOG = Catalog(
    database="d",
    version=18,
    standby=False,
    bytes=0,
    frozen_age=0,
    counted=None,
    settings={},
    tables=(POSTS,),
    indexes=(),
    foreign_keys=(),
    primary_keys={1: ("id",)},
    sequences=(),
    sessions=(),
    checkpoints_timed=0,
    checkpoints_requested=0,
)
