"""A scale twin of any database, made from its structure and its statistics alone."""

import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.planner_twin.copy.collating import create_database, missing_collations, sorted_alike
from backend_architect.planner_twin.copy.extended import write_extended
from backend_architect.planner_twin.copy.fitting import fitting
from backend_architect.planner_twin.copy.foundation import lay_foundation, set_for_all
from backend_architect.planner_twin.copy.known import Known
from backend_architect.planner_twin.copy.making import make_all, make_instead, prepare
from backend_architect.planner_twin.inject import Unwritten
from backend_architect.planner_twin.logins import create_role, superuser_session
from backend_architect.planner_twin.model import Statistics
from backend_architect.planner_twin.structure import (
    Named,
    Structure,
    before_tables,
    create_statements,
    stand_ins,
    types_of,
)
from backend_architect.planner_twin.twin import PREFIX, Twin
from backend_architect.postgres.catalog.model import full_name, quoted
from backend_architect.postgres.embedded import EmbeddedServer
from backend_architect.postgres.session import Session

OWN_VERSION = 18
SKIPS = "plans are those of 18, which alone can skip through a btree whose first column has few values"
MISSING_TYPES = "SELECT type FROM unnest($1::text[]) type WHERE to_regtype(type) IS NULL ORDER BY 1"


@dataclass(frozen=True, slots=True)
class Copy:
    """A twin, what it is planned as, and all that is not on it as it was, in the order of its making."""

    twin: Twin
    statistics: tuple[Statistics, ...]
    left_out: tuple[Named, ...]


def make_copy(server: EmbeddedServer, structure: Structure, known: Known, *, until: float = float("inf")) -> Copy:
    """Return a twin that is planned as the database of this structure and these statistics. Closing it drops it.

    Raises DatabaseError where it is not made by `until`, on the clock of time.monotonic.

    Each object is made by itself: one that cannot be is named in `left_out`, and stops nothing else. A role of the
    twin's own, which can do nothing outside it, makes and owns all that could be run of the original.
    """
    name = f"{PREFIX}{os.getpid()}_{secrets.token_hex(6)}"
    with superuser_session(server.url()) as admin:
        locale = create_database(admin, name, structure.collate)
        admin.run(create_role(name))
    twin = Twin(server, name, owner=name)
    try:
        with superuser_session(twin.logins.superuser) as admin, Session(twin.logins.owner) as session:
            prepare(admin)
            failed = tuple(lay_foundation(admin, structure, locale, owner=name))
            failed += tuple(_make(session, structure, locale, until))
            failed += tuple(set_for_all(admin, structure)) + write_extended(admin, known.extended)
            alike = sorted_alike(structure.collate, locale)
            statistics = fitting(session, known.statistics, sorted_alike=alike)
        failed += tuple(_unwritten(each) for each in twin.resize(*statistics))
    except BaseException:
        twin.close()
        raise
    return Copy(twin, statistics, (*structure.left_out, *failed, *_other_planner(structure)))


def _unwritten(column: Unwritten) -> Named:
    name = f"{full_name(column.schema, column.relation)}.{quoted(column.column)}"
    return Named("statistics", name, f"planned without its values: {column.reason}")


def _other_planner(structure: Structure) -> Iterator[Named]:
    """Give what an older server's planner does otherwise."""
    if structure.version < OWN_VERSION:
        yield Named("planner", f"PostgreSQL {structure.version}", SKIPS)


def _make(session: Session, structure: Structure, locale: str, until: float) -> Iterator[Named]:
    """Make everything that stands on the foundation, and give what failed."""
    prepare(session)
    collations = tuple(missing_collations(session, structure, locale, systems=False))
    early = make_all(session, (*before_tables(structure), *collations), until=until)
    missing = {each["type"] for each in session.fetch(MISSING_TYPES, list(types_of(structure)))}
    yield from stand_ins(structure, missing)
    again = (each.definition for each in early)  # of a function on the rows of a view the view must be there
    late = make_all(session, (*create_statements(structure, missing), *again), until=until)
    yield from make_instead(session, late)
