"""What a superuser must make of a structure, before there is anything else of it that could be run.

No text of the original is run here: only its names are taken, and quoted.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from pglast import parse_sql
from pglast.ast import CreateExtensionStmt
from pglast.parser import ParseError

from backend_architect.planner_twin.copy.collating import missing_collations
from backend_architect.planner_twin.copy.making import make_all, make_instead
from backend_architect.planner_twin.sizes import TOOLS, TOOLS_SCHEMA
from backend_architect.planner_twin.structure.model import Definition, Named, Structure
from backend_architect.planner_twin.structure.statements import OF_PLANNER
from backend_architect.postgres.catalog.model import quoted
from backend_architect.postgres.session import Session

REACHING = {"adminpack", "dblink", "file_fdw", "plperlu", "plpython3u", "pltclu", "postgres_fdw"}
"""Extensions whose functions reach files or other servers; no plan needs them."""
RENAMED = {"force_parallel_mode": "debug_parallel_query"}  # in 16
SYSTEMS = "allow_system_table_mods"
OWN_RIGHTS = "SELECT, INSERT, UPDATE, DELETE, MAINTAIN"
SETTABLE = f"SELECT name FROM pg_settings WHERE name = ANY ($1) AND context = 'user' AND {OF_PLANNER}"


def lay_foundation(admin: Session, structure: Structure, locale: str, *, owner: str) -> Iterator[Named]:
    """Make schemas, extensions and the system's collations, let `owner` use them, and give what failed."""
    admin.run(TOOLS)
    schemas = [name for name in structure.schemas if not _taken(name)]
    yield from (Named("schema", quoted(name), "the name is taken here") for name in structure.schemas if _taken(name))
    role = quoted(owner)
    for name in map(quoted, schemas):
        admin.run(f"CREATE SCHEMA IF NOT EXISTS {name}; GRANT USAGE, CREATE ON SCHEMA {name} TO {role}")
    yield from _make_extensions(admin, structure.extensions)
    if schemas:
        listed = ", ".join(map(quoted, schemas))
        admin.run(f"GRANT {OWN_RIGHTS} ON ALL TABLES IN SCHEMA {listed} TO {role}")  # those of extensions
    admin.run(f"SET {SYSTEMS} = on")
    yield from make_instead(admin, make_all(admin, tuple(missing_collations(admin, structure, locale, systems=True))))
    admin.run(f"RESET {SYSTEMS}")


def set_for_all(admin: Session, structure: Structure) -> Iterator[Named]:
    """Set the planner's settings and the search path for the whole database, and give what cannot be set."""
    settings = {RENAMED.get(name, name): value for name, value in structure.settings.items()}
    known = {each["name"] for each in admin.fetch(SETTABLE, sorted(settings))}
    unknown = (name for name in settings if name not in known)
    yield from (Named("setting", name, "it is no setting of the planner here") for name in unknown)
    own = {name: _literal(value) for name, value in settings.items() if name in known}
    if structure.search_path:
        own["search_path"] = ", ".join(map(quoted, structure.search_path))
    database = quoted(admin.value("SELECT current_database()"))
    made = (Definition("setting", name, f"ALTER DATABASE {database} SET {name} = {own[name]}") for name in own)
    yield from make_instead(admin, make_all(admin, tuple(made)))


def _taken(schema: str) -> bool:
    return schema.startswith("pg_") or schema in (TOOLS_SCHEMA, "information_schema")


def _make_extensions(admin: Session, extensions: Sequence[Definition]) -> Iterator[Named]:
    wanted: list[Definition] = []
    for each in extensions:
        statement = _extension(each.sql)
        if statement is None or statement.extname in REACHING:
            yield Named(each.kind, each.name, "it reaches files or other servers, which no plan needs")
        else:
            wanted.append(Definition(each.kind, each.name, _create_extension(statement)))
    yield from make_instead(admin, make_all(admin, wanted))


def _extension(sql: str) -> CreateExtensionStmt | None:
    """Return the statement, None when it is anything but one CREATE EXTENSION."""
    try:
        parsed = parse_sql(sql)
    except ParseError:
        return None
    return parsed[0].stmt if len(parsed) == 1 and isinstance(parsed[0].stmt, CreateExtensionStmt) else None


def _create_extension(statement: Any) -> str:
    options = {option.defname: option.arg for option in statement.options or ()}
    schema = f" SCHEMA {quoted(options['schema'].sval)}" if "schema" in options else ""
    return f"CREATE EXTENSION IF NOT EXISTS {quoted(statement.extname)}{schema} CASCADE"


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
