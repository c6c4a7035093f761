"""The tables of a trial: as in the catalog, without their foreign keys and defaults, filled with made-up rows.

Values are few, so that the keys of an order tie; NULLs stand wherever they may; columns that are compared with a
constant hold it often; the n-th value of a type is the same in every table, so that joins find their rows.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from backend_architect.postgres.catalog import Catalog, Column, Table
from backend_architect.postgres.catalog.model import full_name, quoted
from backend_architect.tune.rewrites.scope import unique_keys
from backend_architect.tune.rewrites.trees import type_of
from backend_architect.tune.rewrites.trial.parameters import Place
from backend_architect.tune.rewrites.trial.values import VALUES, base_type, is_wide, value_sql

ROWS = 400
STEP = 37  # has no factor in common with ROWS: keys come in another order than rows
MIN_DISTINCT, MAX_DISTINCT, UNKNOWN, FOUND = 2, 60, 12, 5
STEPS = {"int2": "1", "int4": "1", "int8": "1", "numeric": "1", "float8": "1", "date": "1"}
STEPS |= {"timestamp": "interval '1 day'", "timestamptz": "interval '1 day'"}


@dataclass(frozen=True, slots=True)
class WantedValues:
    """What columns must hold: constants, few values to be found by, no NULL or many, and members of JSON."""

    constants: Mapping[Place, tuple[str, ...]]
    searched: frozenset[Place] = frozenset()
    never_null: frozenset[Place] = frozenset()
    often_null: frozenset[Place] = frozenset()
    members: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)


def statements_for(tables: Sequence[Table], catalog: Catalog, wanted: WantedValues) -> Iterator[str]:
    """Yield the statements that make and fill the tables."""
    place = {schema: number for number, schema in enumerate(catalog.search_path)}
    schemas = sorted({table.schema for table in tables}, key=lambda each: (place.get(each, len(place)), each))
    for schema in schemas:
        yield f"CREATE SCHEMA IF NOT EXISTS {quoted(schema)}"
    yield f"SET LOCAL search_path TO {', '.join(map(quoted, schemas))}"
    for type_name in sorted({column.type for table in tables for column in table.columns}):
        yield from own_type(type_name)
    for table in tables:
        keys = unique_keys(catalog, table)
        yield _create(table, keys)
        yield _fill(table, keys, wanted)
        yield f"ANALYZE {full_name(table.schema, table.name)}"


def own_type(type_name: str) -> Iterator[str]:
    """Yield what makes a type that no PostgreSQL has by itself: a text of that name."""
    base, _, _ = base_type(type_name)
    if base in VALUES or base.startswith("pg_"):
        return
    names = [each.sval for each in type_of(type_name).names]
    if names[0] == "pg_catalog":
        return
    name = ".".join(quoted(each) for each in names)
    yield f"""DO $do$ BEGIN IF to_regtype({_literal(name)}) IS NULL THEN
        {f"CREATE SCHEMA IF NOT EXISTS {quoted(names[0])};" if len(names) > 1 else ""}
        CREATE DOMAIN {name} AS text; END IF; END $do$"""


def _create(table: Table, keys: tuple[tuple[str, ...], ...]) -> str:
    columns = [f"{quoted(each.name)} {each.type}{' NOT NULL' if each.not_null else ''}" for each in table.columns]
    unique = [f"UNIQUE ({', '.join(map(quoted, key))})" for key in keys]
    return f"CREATE TABLE {full_name(table.schema, table.name)} ({', '.join([*columns, *unique])})"


def _fill(table: Table, keys: tuple[tuple[str, ...], ...], wanted: WantedValues) -> str:
    apart = {_telling(table, key) for key in keys}
    values = []
    for place, column in enumerate(table.columns, 1):
        own = (table.schema, table.name, column.name)
        if column.name in apart:
            values.append(_apart(column, wanted.constants.get(own, ())))
            continue
        few = FOUND if own in wanted.searched else _few(column)
        fixed = tuple(each for constant in wanted.constants.get(own, ()) for each in _around(constant, column))
        if own in wanted.members and base_type(column.type)[0] in {"json", "jsonb"}:
            fixed += (_object(wanted.members[own], place),)
        value = _among(column, place, few, fixed)
        may_be_null = not column.not_null and own not in wanted.never_null
        one_in = 2 if own in wanted.often_null else 6
        null = f"CASE WHEN {_chance(place, 7)} % {one_in} = 0 THEN NULL ELSE {value} END"
        values.append(null if may_be_null else value)
    names = ", ".join(quoted(column.name) for column in table.columns)
    rows = f"SELECT {', '.join(values)} FROM generate_series(1, {ROWS}) AS i"
    return f"INSERT INTO {full_name(table.schema, table.name)} ({names}) {rows} ON CONFLICT DO NOTHING"


def _telling(table: Table, key: tuple[str, ...]) -> str:
    """Return the column of a key that is made different in every row."""
    columns = [column for name in key if (column := table.column(name))]
    wide = [column.name for column in columns if is_wide(column.type)]
    return wide[-1] if wide else key[-1]


def _apart(column: Column, constants: tuple[str, ...]) -> str:
    """Return a value that no other row has; every second text begins with a constant, so that patterns find some."""
    number = f"1 + i * {STEP} % {ROWS}"
    value = value_sql(column.type, number)
    if not constants or base_type(column.type)[0] not in {"text", "varchar"}:
        return value
    return f"CASE WHEN i % 2 = 0 THEN (({constants[0]}) || '' || ({number}))::{column.type} ELSE {value} END"


def _among(column: Column, place: int, few: int, constants: tuple[str, ...]) -> str:
    """Return one of a few values, the constants among them in every second row."""
    value = value_sql(column.type, f"1 + {_chance(place, 0)} % {few}")
    if not constants:
        return value
    cases = " ".join(f"WHEN {at} THEN ({each})::{column.type}" for at, each in enumerate(constants))
    return f"CASE {_chance(place, 3)} % {2 * len(constants)} {cases} ELSE {value} END"


def _around(constant: str, column: Column) -> Iterator[str]:
    """Yield a constant, and of a number or a time what is a step before and after it."""
    yield constant
    step = STEPS.get(base_type(column.type)[0])
    if step:
        yield f"({constant})::{column.type} + {step}"
        yield f"({constant})::{column.type} - {step}"


def _object(members: tuple[str, ...], place: int) -> str:
    """Return an object of JSON with these members, each one of a few words."""
    pairs = ", ".join(f"{each}, 'w' || {_chance(place, 5 + at)} % 3" for at, each in enumerate(members))
    return f"json_build_object({pairs})"


def _few(column: Column) -> int:
    distinct = column.distinct
    if distinct is None:
        return UNKNOWN
    return MAX_DISTINCT if distinct < 0 else int(min(max(distinct, MIN_DISTINCT), MAX_DISTINCT))


def _chance(place: int, salt: int) -> str:
    """Return a number that looks random, of a row and a column; the same in every run."""
    return f"(hashint4(i + {place * 1000 + salt * 77_777}) & 65535)"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
