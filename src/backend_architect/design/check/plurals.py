"""Each table, folder and route has a name of its own, and none that the project needs for itself."""

from collections.abc import Iterator

from backend_architect.design.check.names import IN_PYTHON
from backend_architect.design.check.paths import rows_with_paths
from backend_architect.design.load import LoadedDesign
from backend_architect.design.names import MAX_IDENTIFIER, OWN_ALIASES, RESERVED_SQL
from backend_architect.errors import Problem

RESERVED_ROUTES = frozenset(
    {
        *("auth", "files", "me", "metrics", "healthz", "readyz", "health", "docs", "redoc", "openapi", "problems"),
    }
)
"""Routes that every built project has."""

RESERVED_PLURALS = RESERVED_ROUTES | frozenset(
    {
        *("actions", "takes", "asked", "agreed", "acted", "done"),
        *("idempotency_keys", "schema_migrations"),
        *("main", "settings", "database", "errors", "pagination", "rate_limits", "telemetry", "middleware"),
        *("idempotency", "routing", "responses", "request_context", "worker", "queue", "app", "core"),
        *("runtime", "world", "factories", "conftest", "test_checks", "test_counts", "test_effects"),
        *(
            "access",
            "cache",
            "coalescing",
            "connections",
            "database_role",
            "development",
            "environment",
            "files",
            "input",
            "migrate",
            "serve",
            "writes",
        ),
    }
)
"""Routes, tables, modules and test files that every built project has."""

RESERVED_PREFIXES = ("auth_", "pg_", "pgqueuer", "sql_")
RESERVED_SUFFIXES = ("_fkey", "_idx", "_key", "_pkey")
"""How PostgreSQL names what belongs to a table."""


def check_plurals(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `duplicate-plural`, `reserved-plural`, `name-too-long` and `duplicate-name` between entities and edges."""
    from backend_architect.design.usable_names import is_table  # noqa: PLC0415  (parses SQL)

    design = loaded.design
    seen: dict[str, str] = {}
    for path, row in rows_with_paths(design):
        where = f"{path}.plural" if f"{path}.plural" in loaded.places else path
        plural, fix = row.plural, f"set another `plural`, such as `{_another(row.name)}`"
        if plural in seen:
            message = f"`{plural}` is the plural of `{seen[plural]}` too"
            yield loaded.problem("duplicate-plural", where, message, fix)
        elif plural in RESERVED_PLURALS or plural.startswith(RESERVED_PREFIXES) or plural.endswith(RESERVED_SUFFIXES):
            message = f"`{plural}` is taken by the project itself: its routes, tables and modules"
            yield loaded.problem("reserved-plural", where, message, fix)
        elif plural in RESERVED_SQL or plural in IN_PYTHON:
            yield loaded.problem("reserved-word", where, f"`{plural}` is a reserved word, and names a table", fix)
        elif len(plural) > MAX_IDENTIFIER:
            message = f"the plural `{plural}` is longer than {MAX_IDENTIFIER} characters"
            yield loaded.problem("name-too-long", where, message, fix)
        elif plural in OWN_ALIASES or not is_table(plural):
            message = f"`{plural}` has a meaning of its own in SQL statements, and names a table"
            yield loaded.problem("reserved-word", where, message, fix)
        seen.setdefault(plural, row.name)
    yield from _twice(loaded)


def _another(name: str) -> str:
    return f"the_{name}_rows" if name.startswith(RESERVED_PREFIXES) else f"{name}_rows"


def _twice(loaded: LoadedDesign) -> Iterator[Problem]:
    design = loaded.design
    for name in design.edges:
        if name in design.entities:
            message = f"`{name}` is an entity already"
            yield loaded.problem("duplicate-name", f"edges.{name}", message, "rename the edge")
