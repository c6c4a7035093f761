"""Rows in every table of a migrated database: as the design's fields allow, skewed as life is, counters consistent."""

from collections.abc import Iterator

from backend_architect.design.model import Design, Entity, Field, FieldType, Row
from backend_architect.postgres import Session
from backend_architect.postgres.catalog import Column
from backend_architect.proof.plans.sizes import RowCounts
from backend_architect.proof.plans.tables import ProjectTable, Tables
from backend_architect.seed import field_sql

AHEAD = 0.01
"""The share of what has a time of its own, as a booking has, that is still to come."""
SHARES = 5
"""One row in so many points at an earlier one, where a table may point at itself."""
LIFETIMES = {"auth_revocations": 3_600, "idempotency_keys": 86_400}
"""Seconds for which a row of the runtime's own is kept."""
GENERIC = {
    "text": "'{name}-' || n",
    "bytea": "sha256('{name}'::bytea || int8send(n))",
    "uuid": "md5('{name}' || n)::uuid",
    "boolean": "n % 2 = 0",
    "date": "current_date - (n % 365)::int",
    "timestamp with time zone": "created",
    "interval": "n % 90 * interval '1 minute'",
    "jsonb": "jsonb_build_object('made_up', n)",
    "inet": "'10.0.0.0'::inet + n",
    "cidr": "network(set_masklen('10.0.0.0'::inet + n * 256, 24))::cidr",
}
NUMBERS = ("integer", "bigint", "smallint", "numeric", "double precision", "real")


def fill(session: Session, design: Design, tables: Tables, sizes: RowCounts) -> None:
    """Fill every table; triggers and foreign keys rest meanwhile, so what they would keep is set afterwards."""
    session.run("SET session_replication_role = replica")
    for table in tables.parents_first():
        if table.name in sizes.filled:
            for statement in _statements(design, tables, table, sizes):
                session.run(statement)
    for table in tables:
        update = _afterwards(design, tables, table)
        if update:
            session.run(update)
    session.run("SET session_replication_role = origin")
    session.run("VACUUM (ANALYZE)")


def _statements(design: Design, tables: Tables, table: ProjectTable, sizes: RowCounts) -> Iterator[str]:
    rows = sizes.filled[table.name]
    row = design.rows_by_plural.get(table.name)
    step = LIFETIMES.get(table.name, sizes.days * 86_400) / max(rows, 1)
    made = {c.name: _value(design, sizes, table, row, c) for c in table.columns.values()}
    given = {name: sql for name, sql in made.items() if sql}
    names = ", ".join(f'"{name}"' for name in given)
    values = ",\n    ".join(f'{sql} AS "{name}"' for name, sql in given.items())
    source = (
        f"SELECT n, now() - ({rows} - n) * {step} * interval '1 second' AS created FROM generate_series(1, {rows}) n"
    )
    loop = [f'"{a}" <> "{b}"' for a, b in _pairs(table)]
    where = f" WHERE {' AND '.join(loop)}" if loop else ""
    yield (
        f'INSERT INTO "{table.name}" ({names})\nSELECT {names} FROM (SELECT {values}\nFROM ({source}) AS s) AS made'
        f"{where} ON CONFLICT DO NOTHING"
    )
    if len(table.primary_key) == 1:
        key = table.primary_key[0]
        order = f'created_at, "{key}"' if "created_at" in table.columns else f'"{key}"'
        yield (
            f'CREATE TEMPORARY TABLE "seed_{table.name}" AS '
            f'SELECT row_number() OVER (ORDER BY {order}) AS nth, "{key}" AS id FROM "{table.name}"'
        )
        yield f'CREATE UNIQUE INDEX ON "seed_{table.name}" (nth)'
        yield f'ANALYZE "seed_{table.name}"'


def _value(design: Design, sizes: RowCounts, table: ProjectTable, row: Row | None, column: Column) -> str:
    """Return the SQL of a column's value, '' where its default will do."""
    item = next((f for f in row.fields.values() if f.column == column.name), None) if row else None
    if row and item and item.type is FieldType.TIMESTAMP:
        return _moment(sizes, row, item)
    if row and item:
        return "" if item.is_reference and item.to == row.name else field_sql(design, row, item)
    if table.type_of(column.name) == "timestamp with time zone" and column.has_default:
        return "created"
    if column.has_default or (row and not column.not_null):
        return ""
    return _generic(sizes, table, column)


def _moment(sizes: RowCounts, row: Row, item: Field) -> str:
    """Return a time of the row's own, later fields later: none overlap, and a few are still ahead."""
    step = sizes.days * 86_400 / max(sizes.filled[row.table], 1)
    later = (1 + list(row.fields).index(item.name)) / (len(row.fields) + 1) * step
    return f"created + {later + AHEAD * sizes.days * 86_400} * interval '1 second'"


def _generic(sizes: RowCounts, table: ProjectTable, column: Column) -> str:
    """Return a value by its type alone, as for a column that was added by hand."""
    target, kind = table.target_of(column.name), table.type_of(column.name)
    if target:
        return f'(SELECT s.id FROM "seed_{target}" s WHERE s.nth = 1 + (n - 1) % {sizes.filled[target]})'
    if kind == "timestamp with time zone" and column.name.startswith("expires"):
        return "created + interval '30 days'"
    if kind.endswith("[]"):
        return f"'{{}}'::{kind}"
    if kind in NUMBERS:
        return "n % 1000"
    if kind not in GENERIC:
        return f"(enum_range(NULL::{kind}))[1]" if column.not_null else ""  # an enum, or it is refused
    made = GENERIC[kind].format(name=column.name)
    return f"CASE WHEN n % 10 = 0 THEN {made} END" if not column.not_null and "time" in kind else made


def _pairs(table: ProjectTable) -> Iterator[tuple[str, str]]:
    """Give the two columns of a pair that join rows of one table, which never joins a row to itself."""
    key = table.primary_key
    if len(key) == 2 and table.target_of(key[0]) and table.target_of(key[0]) == table.target_of(key[1]):
        yield key[0], key[1]


def _afterwards(design: Design, tables: Tables, table: ProjectTable) -> str:
    """Return the UPDATE that points rows at earlier ones of the same table and sets the kept counts, or ''."""
    entity = design.rows_by_plural.get(table.name)
    if not isinstance(entity, Entity):
        return ""
    counted = _counted(design, tables, table, entity)
    sets = [f'"{name}_count" = coalesce("{name}".n, 0)' for name in counted]
    joins = [
        f'LEFT JOIN (SELECT "{via}" AS id, count(*) AS n FROM "{source}" GROUP BY 1) AS "{name}" ON "{name}".id = s.id'
        for name, (source, via) in counted.items()
    ]
    own = next((f for f in entity.references if f.to == entity.name), None)
    if own:
        sets.append(f'"{own.column}" = earlier.id')
        joins.append(
            f'LEFT JOIN "seed_{table.name}" AS earlier '
            f"ON s.nth % {SHARES} = 0 AND earlier.nth = 1 + s.nth / {2 * SHARES}"
        )
    if not sets:
        return ""
    source = f'"seed_{table.name}" AS s {" ".join(joins)}'
    return f'UPDATE "{table.name}" AS t SET {", ".join(sets)} FROM {source} WHERE t.id = s.id'


def _counted(design: Design, tables: Tables, table: ProjectTable, entity: Entity) -> dict[str, tuple[str, str]]:
    """Return each kept count's table and the column that it counts by."""
    found: dict[str, tuple[str, str]] = {}
    for count in entity.counts.values():
        source = design.rows_by_plural[count.source]
        item: Field = source.fields[count.via]
        if f"{count.name}_count" in table.columns and tables.get(source.table):
            found[count.name] = (source.table, item.column)
    return found
