"""Design, decisions, schema and statements → every file of the project, as text by path."""

from collections.abc import Mapping
from pathlib import Path

from backend_architect.decisions import Decisions
from backend_architect.design import Design, LoadedDesign
from backend_architect.project.context import template_context
from backend_architect.project.formatting import format_python
from backend_architect.project.model import Project
from backend_architect.project.slices import render_slices
from backend_architect.project.slices.own_types import with_own_types
from backend_architect.project.states import render_states
from backend_architect.project.templates import render_templates
from backend_architect.project.tests import render_tests
from backend_architect.queries import Queries, ResolvedDesign, build_queries, resolve_design
from backend_architect.schema import Schema, build_schema, schema_sql

__all__ = ["Project", "build_project", "render_project"]

ACCOUNT_SCHEMAS = ("app/auth/schemas.py", "app/auth/providers/schemas.py")
IDENTITY_PROVIDER = Path(__file__).parent.parent / "running" / "identity_provider.py"
STRICT_PROVIDER = "tests/auth/providers/strict_provider.py"
SCHEMA_MIGRATION = "migrations/0002_schema.sql"


def build_project(loaded: LoadedDesign, decisions: Decisions) -> Project:
    """Return every file of the project that a sound design describes, with the design itself, as text by path."""
    resolved = resolve_design(loaded.design, decisions.is_kept)
    queries = build_queries(resolved)
    project = render_project(resolved, decisions, build_schema(resolved, queries), queries)
    return Project(project.name, {**project.files, "backend.yaml": loaded.text})


def render_project(resolved: ResolvedDesign, decisions: Decisions, schema: Schema, queries: Queries) -> Project:
    """Return the whole project that a design describes; nothing is written."""
    design = resolved.design
    context = template_context(resolved, decisions, queries)
    files = render_templates(context, without=_absent(context))
    files |= {path: with_own_types(files[path]) for path in ACCOUNT_SCHEMAS if path in files}
    files |= render_slices(resolved, queries)
    files |= render_tests(resolved, schema, queries)
    files |= render_states(design)
    if context["has_providers"]:
        files[STRICT_PROVIDER] = IDENTITY_PROVIDER.read_text(encoding="utf-8")
    files[SCHEMA_MIGRATION] = _migration(design, schema)
    return Project(design.name, format_python(dict(sorted(files.items()))))


def _migration(design: Design, schema: Schema) -> str:
    return (
        f"-- migrate:up\n-- The tables of {design.name}. Each index names the statements that need it.\n"
        f"SET LOCAL lock_timeout = '1s';\n\n{schema_sql(schema)}\n-- migrate:down\n"
    )


def _absent(context: Mapping[str, object]) -> tuple[str, ...]:
    """Return the templates of features that the design does not have."""
    parts = {
        "has_auth": ("app/auth/", "tests/auth/", "migrations/0003_auth.sql"),
        "has_providers": ("app/auth/providers/", "tests/auth/providers/", "migrations/0004_identities.sql"),
        "has_actions": ("app/core/actions.py",),
        "has_states": ("tests/actions.py",),
        "has_mail": ("app/auth/mail/", "tests/auth/mail/", "migrations/0005_letters.sql"),
        "has_cache": ("app/core/cache.py",),
        "has_coalescing": ("app/core/coalescing.py", "tests/runtime/test_coalescing.py"),
        "has_pooler": ("app/core/pooler.py", "tests/runtime/test_pooler.py"),
        "has_valkey": ("app/core/valkey_counts.py", "tests/runtime/test_valkey_counts.py"),
        "has_writes": ("app/core/writes.py",),
        "has_jobs": ("app/worker.py", "tests/runtime/test_worker.py"),
        "has_files": ("app/core/files.py", "tests/runtime/test_files.py"),
        "has_idempotency": ("app/core/idempotency.py", "tests/runtime/test_idempotency.py"),
    }
    return tuple(path for flag, paths in parts.items() if not context[flag] for path in paths)
