"""Reads a catalog; what the role may not see is left out and named, and never stops the rest."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from backend_architect.postgres.catalog import statements
from backend_architect.postgres.catalog.model import (
    Activity,
    Catalog,
    Column,
    ForeignKey,
    Index,
    KeyPart,
    NotValid,
    Policy,
    ServerSession,
    Table,
)
from backend_architect.postgres.catalog.model import Sequence as DatabaseSequence
from backend_architect.postgres.connection import Connection, LockHeld, Lost, Refused

Record = Mapping[str, Any]
DESCENDING, NULLS_FIRST = 1, 2  # the bits of pg_index.indoption
OF_TABLES = {"tables", "indexes"}
NO_CHECKPOINTS = {"timed": 0, "requested": 0, "log_bytes": None, "log_seconds": None}
PARTS = {
    "settings": statements.SETTINGS,
    "tables": statements.TABLES,
    "columns": statements.COLUMNS,
    "foreign keys": statements.FOREIGN_KEYS,
    "primary keys": statements.PRIMARY_KEYS,
    "sequences": statements.SEQUENCES,
    "sessions": statements.SESSIONS,
    "server": statements.SERVER,
    "role settings": statements.ROLE_SETTINGS,
    "constraints": statements.NOT_VALID,
    "policies": statements.POLICIES,
    "roles": statements.UNBOUND,
}


async def read_catalog(connection: Connection) -> Catalog:
    """Return everything that the connection's role may see of its database.

    Of a connection that is lost meanwhile, what was read before; raises one of Lost when nothing was.
    """
    version = connection.get_server_version().major
    last_scan = "extract(epoch FROM now() - s.last_idx_scan)::float8" if version >= 16 else "NULL::float8"
    counted = statements.SESSIONS_COUNTED[14 if version >= 14 else 13]
    asked = {
        **PARTS,
        "activity": statements.ACTIVITY.format(**counted),
        "indexes": statements.INDEXES.format(last_scan=last_scan),
        "checkpoints": statements.CHECKPOINTS[max(each for each in statements.CHECKPOINTS if each <= version)],
    }
    seen = statements.OLDEST_SEEN[16 if version >= 16 else 13]
    database = (await connection.fetch(statements.DATABASE.format(seen=seen)))[0]
    found: dict[str, Sequence[Record]] = dict.fromkeys(asked, ())
    unseen: list[str] = []
    lost = False
    for part, statement in asked.items():
        try:
            if not lost:
                found[part] = await _fetch(connection, statement, again=part in OF_TABLES)
        except Lost:
            lost = True
        except Refused as error:
            unseen.append(f"{part} ({error})")
        if lost:
            unseen.append(part)
    return replace(_catalog(version, database, found, unseen), lost=lost)


async def _fetch(connection: Connection, statement: str, *, again: bool) -> Sequence[Record]:
    """Return the rows; once `again` where a table was taken while it was asked, which the second time is known."""
    try:
        return await connection.fetch(statement)  # type: ignore[no-any-return]
    except LockHeld:
        if not again:
            raise
        return await connection.fetch(statement)  # type: ignore[no-any-return]


async def read_settings(connection: Connection) -> Mapping[str, str]:
    """Return every setting as the connection has it, its number with its unit."""
    return {record["name"]: record["value"] for record in await connection.fetch(statements.SETTINGS)}


def _catalog(version: int, database: Record, found: Mapping[str, Sequence[Record]], unseen: list[str]) -> Catalog:
    columns: dict[int, list[Column]] = {}
    for record in found["columns"]:
        columns.setdefault(record["table"], []).append(Column(**_without(record, "table")))
    checkpoints: Record = next(iter(found["checkpoints"]), NO_CHECKPOINTS)
    return Catalog(
        database=database["name"],
        version=version,
        standby=database["standby"],
        bytes=database["bytes"],
        frozen_age=database["frozen_age"],
        counted=database["counted"],
        counted_at_least=database["counted_at_least"],
        counted_at_most=database["counted_at_most"],
        settings={record["name"]: record["value"] for record in found["settings"]},
        tables=tuple(_table(record, tuple(columns.get(record["oid"], ()))) for record in found["tables"]),
        indexes=tuple(_index(record) for record in found["indexes"]),
        foreign_keys=tuple(_foreign_key(record) for record in found["foreign keys"]),
        primary_keys={record["table"]: tuple(record["columns"]) for record in found["primary keys"]},
        sequences=tuple(DatabaseSequence(**record) for record in found["sequences"]),
        sessions=tuple(
            ServerSession(**{**record, "waits_for": tuple(record["waits_for"])}) for record in found["sessions"]
        ),
        checkpoints_timed=checkpoints["timed"],
        checkpoints_requested=checkpoints["requested"],
        log_bytes=checkpoints["log_bytes"],
        log_seconds=checkpoints["log_seconds"],
        unseen=tuple(unseen),
        multixact_age=database["multixact_age"],
        activity=next((Activity(**record) for record in found["activity"]), None),
        not_valid=tuple(NotValid(**record) for record in found["constraints"]),
        policies=tuple(Policy(**{**record, "roles": tuple(record["roles"])}) for record in found["policies"]),
        unbound_roles=frozenset(record["name"] for record in found["roles"]),
        role_settings=tuple(record["setting"] for record in found["role settings"]),
        **next(iter(found["server"]), {}),
    )


def _table(record: Record, columns: tuple[Column, ...]) -> Table:
    return Table(**{**record, "columns": columns, "options": tuple(record["options"])})


def _index(record: Record) -> Index:
    keys = tuple(
        KeyPart(
            column=record["columns"][place],
            expression=record["expressions"][place],
            opclass=record["opclasses"][place],
            collation=record["collations"][place],
            descending=bool(record["options"][place] & DESCENDING),
            nulls_first=bool(record["options"][place] & NULLS_FIRST),
        )
        for place in range(record["key_count"])
    )
    own = _without(record, "columns", "expressions", "opclasses", "collations", "options", "attributes", "key_count")
    return Index(**own, keys=keys, included=tuple(record["columns"][record["key_count"] :]))


def _foreign_key(record: Record) -> ForeignKey:
    lists = {"columns": tuple(record["columns"]), "target_columns": tuple(record["target_columns"])}
    return ForeignKey(**{**record, **lists})


def _without(record: Record, *names: str) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in names}
