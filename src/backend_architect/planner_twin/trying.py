"""Many indexes at once, made on a twin in the sizes that they would have."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pglast.ast import IndexStmt
from pglast.stream import RawStream

from backend_architect.planner_twin.expressions import read_expressions
from backend_architect.planner_twin.fresh_index import with_size
from backend_architect.planner_twin.inject import inject_sizes
from backend_architect.planner_twin.logins import Logins, superuser_session
from backend_architect.planner_twin.model import IndexStatistics, Statistics
from backend_architect.planner_twin.new_indexes import (
    IndexLocation,
    Made,
    make_indexes,
    read_index_statement,
    tables_of,
)
from backend_architect.planner_twin.planner import Planner
from backend_architect.planner_twin.read import read_indexes
from backend_architect.planner_twin.sizes import FileSizes
from backend_architect.postgres.catalog.model import full_name
from backend_architect.postgres.session import Session

OPCLASSES = """
SELECT x.indexrelid::int8 AS index, ARRAY(
    SELECT o.opcname::text FROM unnest(x.indclass::oid[]) WITH ORDINALITY k (class, place)
    JOIN pg_opclass o ON o.oid = k.class ORDER BY k.place
) AS names
FROM pg_index x WHERE x.indexrelid = ANY ($1::oid[])
"""
Schemas = Mapping[str, Statistics]
Found = Mapping[IndexLocation, IndexStatistics]
PAGE = 8192


@dataclass(frozen=True, slots=True)
class TriedIndex:
    """An index on the twin, and what it is planned as."""

    place: IndexLocation
    index: IndexStatistics


@dataclass(frozen=True, slots=True)
class IndexTrial:
    """What a CREATE INDEX made: the index, then those of the table's partitions. Or nothing, and why."""

    statement: str
    made: tuple[TriedIndex, ...]
    refused: str = ""

    @property
    def bytes(self) -> int:
        """Return the size of the index, or of all its parts."""
        return sum(each.index.pages for each in self.made if not each.place.partitioned) * PAGE


@dataclass(frozen=True, slots=True)
class _Twin:
    """A twin's files, which a superuser may have changed, and a session of the owner that makes and evaluates."""

    sizes: FileSizes
    superuser: Session
    owner: Session


def try_indexes(
    logins: Logins, sizes: FileSizes, schemas: Schemas, statements: Sequence[str]
) -> tuple[IndexTrial, ...]:
    """Return what each statement made on the twin, which has these sizes and plans with them from now on."""
    with superuser_session(logins.superuser) as superuser, Session(logins.owner) as session:
        made = _make(_Twin(sizes, superuser, session), schemas, statements)
        found = _read(session, schemas, [place for each in made for place in each.places])
        sized = _sized(logins.owner, schemas, found, _predicates(statements, made))
        for changed in _with_indexes(schemas, sized):
            sizes.write(superuser, changed)
            inject_sizes(session, changed)
    return tuple(_tried(statement, each, sized) for statement, each in zip(statements, made, strict=True))


def _make(twin: _Twin, schemas: Schemas, statements: Sequence[str]) -> list[Made]:
    """Return what each statement made; while it is built every table is as empty as it is, so that nothing is read."""
    read = [_read_statement(statement) for statement in statements]
    touched = _only(schemas, tables_of(twin.owner, [each for each in read if not isinstance(each, str)]))
    for each in touched:
        twin.sizes.shrink(twin.superuser, each)
    try:
        sound = [statement for statement, parsed in zip(statements, read, strict=True) if not isinstance(parsed, str)]
        made = iter(make_indexes(twin.owner, sound))
        return [Made((), parsed) if isinstance(parsed, str) else next(made) for parsed in read]
    finally:
        for each in touched:
            twin.sizes.restore(twin.superuser, each)
            inject_sizes(twin.owner, each)


def _read_statement(statement: str) -> IndexStmt | str:
    try:
        return read_index_statement(statement)
    except ValueError as error:
        return str(error)


def _only(schemas: Schemas, tables: set[tuple[str, str]]) -> list[Statistics]:
    """Return the statistics of these tables alone, by schema."""
    own = (
        Statistics(name, tuple(table for table in each.tables if (name, table.name) in tables))
        for name, each in schemas.items()
    )
    return [each for each in own if each.tables]


def _read(session: Session, schemas: Schemas, places: Sequence[IndexLocation]) -> Found:
    """Return the new indexes of tables that have statistics, as empty as they are, with those of their expressions."""
    wanted = {(place.schema, place.index): place for place in places}
    found: dict[IndexLocation, IndexStatistics] = {}
    for name in sorted({place.schema for place in places} & schemas.keys()):
        tables = schemas[name].by_name
        for table, indexes in read_indexes(session, name, {}).items():
            own = [(wanted[name, index.name], index) for index in indexes if (name, index.name) in wanted]
            found |= dict(own) if table in tables else {}
    expressions = read_expressions(session, schemas, sorted(found, key=lambda place: place.oid))
    opclasses = {each["index"]: tuple(each["names"]) for each in session.fetch(OPCLASSES, [each.oid for each in found])}
    return {
        place: replace(index, expressions=expressions.get(place, ()), opclasses=opclasses[place.oid])
        for place, index in found.items()
    }


def _predicates(statements: Sequence[str], made: Sequence[Made]) -> Mapping[IndexLocation, str]:
    """Return the condition of each partial index, as its statement has it."""
    found: dict[IndexLocation, str] = {}
    for statement, each in zip(statements, made, strict=True):
        condition = read_index_statement(statement).whereClause if each.places else None
        if condition is not None:
            found |= dict.fromkeys(each.places, str(RawStream()(condition)))
    return found


def _sized(url: str, schemas: Schemas, found: Found, predicates: Mapping[IndexLocation, str]) -> Found:
    """Return the indexes with their rows, a partial one's as counted or else as the planner estimates, and pages."""
    sized = {}
    with Planner(url) as planner:
        for place, index in found.items():
            table = schemas[place.schema].by_name[place.table]
            predicate = predicates.get(place, "")  # as it was counted, and not as the catalog has it
            share = table.shares.get(predicate)
            if share is not None:
                rows = share * table.rows
            else:
                rows = _matching_rows(planner, place, index) if index.predicate else table.rows
            made = with_size(table, replace(index, rows=rows, predicate=predicate or index.predicate))
            sized[place] = replace(made, predicate=index.predicate)
    return sized


def _matching_rows(planner: Planner, place: IndexLocation, index: IndexStatistics) -> float:
    table = full_name(place.schema, place.table)
    return float(planner.explain(f"SELECT FROM ONLY {table} WHERE {index.predicate}")["Plan Rows"])


def _with_indexes(schemas: Schemas, sized: Found) -> Iterator[Statistics]:
    """Give each schema's changed tables, with the new indexes alone."""
    own: dict[tuple[str, str], list[IndexStatistics]] = {}
    for place, index in sized.items():
        own.setdefault((place.schema, place.table), []).append(index)
    for each in _only(schemas, set(own)):
        tables = (replace(table, indexes=tuple(own[each.schema, table.name])) for table in each.tables)
        yield Statistics(each.schema, tuple(tables))


def _tried(statement: str, made: Made, sized: Found) -> IndexTrial:
    found = tuple(TriedIndex(place, sized[place]) for place in made.places if place in sized)
    without = "" if made.refused or found else "there are no statistics of the table, or the index was there"
    return IndexTrial(statement, found, made.refused or without)
