"""What CREATE STATISTICS found of several columns together: how many combinations, and which column tells another.

Both are read as the text of the view pg_stats_ext and written as the server stores them, since no function takes them
before version 19. Layouts: statistics.h. Lists of the most common combinations stay behind.
"""

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backend_architect.planner_twin.read import Only
from backend_architect.planner_twin.structure.model import Named
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session

FOUND = """
SELECT n.nspname AS schema, x.stxname AS name, format('%I.%I', n.nspname, x.stxname) AS shown,
       m.nspname AS table_schema, c.relname AS table,
       {inherited} AS inherited, s.n_distinct::text AS combinations, s.dependencies::text AS dependencies,
       'm' = ANY (x.stxkind) AS common, s.statistics_name IS NOT NULL AS visible,
       ARRAY(SELECT a.attname::text FROM unnest(x.stxkeys::int2[]) k (number)
             JOIN pg_attribute a ON a.attrelid = x.stxrelid AND a.attnum = k.number ORDER BY k.number) AS columns,
       ARRAY(SELECT number::int FROM unnest(x.stxkeys::int2[]) number ORDER BY number) AS numbers
FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace
JOIN pg_class c ON c.oid = x.stxrelid JOIN pg_namespace m ON m.oid = c.relnamespace
LEFT JOIN pg_stats_ext s ON s.statistics_schemaname = n.nspname AND s.statistics_name = x.stxname
WHERE n.nspname = ANY ($1)
ORDER BY 1, 2, 4
"""
INHERITED = {13: "false", 15: "coalesce(s.inherited, false)"}
HERE = """
SELECT x.oid::int8 AS oid,
       ARRAY(SELECT a.attnum::int FROM unnest($3::text[]) WITH ORDINALITY k (name, place)
             JOIN pg_attribute a ON a.attrelid = x.stxrelid AND a.attname = k.name ORDER BY k.place) AS numbers
FROM pg_statistic_ext x JOIN pg_namespace n ON n.oid = x.stxnamespace WHERE n.nspname = $1 AND x.stxname = $2
"""
CASTS = "CREATE CAST (bytea AS pg_ndistinct) WITHOUT FUNCTION; CREATE CAST (bytea AS pg_dependencies) WITHOUT FUNCTION"
NO_CASTS = "DROP CAST (bytea AS pg_ndistinct); DROP CAST (bytea AS pg_dependencies)"
WRITE = """
INSERT INTO pg_catalog.pg_statistic_ext_data (stxoid, stxdinherit, stxdndistinct, stxddependencies)
VALUES ($1, $2, $3::bytea::pg_ndistinct, $4::bytea::pg_dependencies)
"""
COMBINATIONS, DEPENDENCIES = 0xA352BFA4, 0xB4549A2C
KIND = 1


@dataclass(frozen=True, slots=True)
class Extended:
    """What was found of one statistics object; both texts are JSON, None where it was not asked for."""

    schema: str
    name: str
    inherited: bool
    combinations: str | None
    dependencies: str | None
    columns: Mapping[int, str]


def read_extended(
    session: Session, schemas: Sequence[str], inherited: str, *, only: Only = None
) -> tuple[tuple[Extended, ...], tuple[Named, ...]]:
    """Return what the role may see of these schemas' (or tables') statistics objects, and what stays behind."""
    found, behind = [], []
    for each in session.fetch(FOUND.format(inherited=inherited), list(schemas)):
        if only is not None and (each["table_schema"], each["table"]) not in only:
            continue
        if not each["visible"]:
            behind.append(Named("statistics", each["shown"], "only the table's owner sees what they found"))
            continue
        if each["common"]:
            behind.append(Named("statistics", each["shown"], "the most common combinations stay behind"))
        columns = dict(zip(each["numbers"], each["columns"], strict=True))
        own = (each["schema"], each["name"], each["inherited"], each["combinations"], each["dependencies"])
        found.append(Extended(*own, columns))
    return tuple(found), tuple(behind)


def write_extended(session: Session, extended: Sequence[Extended]) -> tuple[Named, ...]:
    """Write what was found into the statistics objects of the same names; return those that it does not fit."""
    failed = []
    session.run(CASTS)
    for each in extended:
        try:
            _write(session, each)
        except (Refused, KeyError, ValueError, IndexError) as error:
            failed.append(Named("statistics", f"{each.schema}.{each.name}", f"what they found stays behind: {error}"))
    session.run(NO_CASTS)
    return tuple(failed)


def _write(session: Session, extended: Extended) -> None:
    names = list(extended.columns.values())
    (here,) = session.fetch(HERE, extended.schema, extended.name, names)
    numbers = dict(zip(extended.columns, here["numbers"], strict=True))
    combinations = extended.combinations and _packed_combinations(extended.combinations, numbers)
    dependencies = extended.dependencies and _packed_dependencies(extended.dependencies, numbers)
    session.run(WRITE, here["oid"], extended.inherited, combinations, dependencies)


def _packed_combinations(text: str, numbers: Mapping[int, int]) -> bytes:
    """Return `{"1, 2": 100}` as the server stores it, with the columns' numbers here."""
    found = json.loads(text)
    packed = struct.pack("=III", COMBINATIONS, KIND, len(found))
    for columns, distinct in found.items():
        own = [_number(each, numbers) for each in columns.split(",")]
        packed += struct.pack(f"=di{len(own)}h", distinct, len(own), *own)
    return packed


def _packed_dependencies(text: str, numbers: Mapping[int, int]) -> bytes:
    """Return `{"1, 2 => 3": 0.9}` as the server stores it, with the columns' numbers here."""
    found = json.loads(text)
    packed = struct.pack("=III", DEPENDENCIES, KIND, len(found))
    for columns, degree in found.items():
        own = [_number(each, numbers) for each in columns.replace("=>", ",").split(",")]
        packed += struct.pack(f"=dh{len(own)}h", degree, len(own), *own)
    return packed


def _number(text: str, numbers: Mapping[int, int]) -> int:
    """Return the number here of a column; expressions are counted down from -1 everywhere."""
    number = int(text)
    return number if number < 0 else numbers[number]
