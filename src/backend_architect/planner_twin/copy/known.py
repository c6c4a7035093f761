"""What the planner of a production database knows, read by a role that may not be allowed to see much."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from backend_architect.planner_twin import statements
from backend_architect.planner_twin.copy.extended import INHERITED, Extended, read_extended
from backend_architect.planner_twin.model import Statistics
from backend_architect.planner_twin.read import Only, read_schemas
from backend_architect.planner_twin.structure.model import Named
from backend_architect.planner_twin.structure.reading import for_version, note_locked, reading, server_version
from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session


class TableName(NamedTuple):
    """A table by its schema and its own name."""

    schema: str
    name: str


References = Mapping[tuple[TableName, str], TableName]


@dataclass(frozen=True)
class Known:
    """Statistics by schema, and the table that each foreign key's column points to.

    `unseen` are tables (as SQL) whose statistics the role may not see, `never_analyzed` those that have none, and
    `grant` is the statement that shows the former. `problems` tells what could not be read otherwise.
    """

    statistics: tuple[Statistics, ...]
    references: References
    unseen: tuple[str, ...]
    never_analyzed: tuple[str, ...]
    grant: str
    extended: tuple[Extended, ...] = ()
    problems: tuple[Named, ...] = ()


def read_known(session: Session, schemas: Sequence[str], *, only: Only = None) -> Known:
    """Return what the planner knows of these schemas' tables, on PostgreSQL 13 or newer, without writing anything.

    `only` are the tables that matter, by schema and name; None for all.
    """
    version = server_version(session)
    privilege = "pg_read_all_data" if version >= 14 else "SELECT ON ALL TABLES IN SCHEMA …"
    with reading(session):
        role = session.value("SELECT /* backend-architect tune */ quote_ident(current_user::text)")
        statistics, problems = _statistics(session, schemas, only)
        unseen = _names(session.fetch(statements.UNSEEN, list(schemas)), only)
        never = _names(session.fetch(statements.NEVER_ANALYZED, list(schemas)), only)
        found = session.fetch(statements.REFERENCES, list(schemas))
        extended, behind = read_extended(session, schemas, for_version(INHERITED, version), only=only)
    references = {
        (TableName(each["schema"], each["table"]), each["column"]): TableName(each["parent_schema"], each["parent"])
        for each in found
        if only is None or (each["schema"], each["table"]) in only
    }
    return Known(statistics, references, unseen, never, f"GRANT {privilege} TO {role}", extended, problems + behind)


def _names(found: Iterable[Mapping[str, str]], only: Only) -> tuple[str, ...]:
    return tuple(each["name"] for each in found if only is None or (each["schema"], each["table"]) in only)


def _statistics(
    session: Session, schemas: Sequence[str], only: Only
) -> tuple[tuple[Statistics, ...], tuple[Named, ...]]:
    """Return the statistics; what somebody holds for himself is as large as it was last seen."""
    for last in (False, True):
        session.run("SAVEPOINT statistics")
        try:
            return read_schemas(session, schemas, only=only), ()
        except Refused as error:
            session.run("ROLLBACK TO statistics")
            if last:
                nothing = tuple(Statistics(schema, ()) for schema in schemas)
                return nothing, (Named("statistics", "all", str(error)),)
            note_locked(session)
    return (), ()
