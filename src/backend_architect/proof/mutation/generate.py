"""Every weakening of a built project that its syntax offers, in the order of its files; alike in every run."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from backend_architect.proof.mutation import accepted_fields, code, rules
from backend_architect.proof.mutation.migrations import weakened_migration
from backend_architect.proof.mutation.python_text import PythonText
from backend_architect.proof.mutation.sql_text import SqlText, texts_in_python
from backend_architect.proof.mutation.weakening import Weakening

OF_SQL: tuple[Callable[[SqlText], Iterator[Weakening]], ...] = (
    rules.weakened_conditions,
    rules.turned_tests,
    rules.edges,
    rules.widened_choices,
    rules.field_rules,
    rules.forgotten_locks,
    rules.server_values,
)
OF_CODE: tuple[Callable[[PythonText], Iterator[Weakening]], ...] = (
    code.forgotten_checks,
    code.forgotten_calls,
    code.half_conditions,
    code.other_callers,
    code.raised_limits,
    code.cache_keys,
    code.cookie_attributes,
    code.token_claims,
    code.lax_input,
    code.leaked_errors,
)
GUARDS = ("access.py", "cache.py", "errors.py", "files.py", "idempotency.py", "input.py", "middleware.py",
          "pagination.py", "rate_limits.py", "responses.py", "settings.py")  # fmt: skip
"""Files of app/core/ that guard something; the others connect, log and serve."""
NOT_FOR_CALLERS = ("app/auth/grant_role.py",)


def is_shared(found: Weakening) -> bool:
    """Return whether every built project has this file: accounts, requests, and the migration of accounts."""
    return "auth" in found.file or found.file.startswith("app/core/")


def generate(folder: Path) -> tuple[Weakening, ...]:
    """Return every weakening of the project in a folder, each with a place and a name of its own."""
    found = [*_in_code(folder), *_in_migrations(folder)]
    return tuple({each.name: each for each in found}.values())


def _in_code(folder: Path) -> Iterator[Weakening]:
    for path in _modules(folder):
        module = PythonText(str(path.relative_to(folder)), path.read_text())
        texts = list(texts_in_python(module.file, module.source))
        for sql in texts:
            for weaken in OF_SQL:
                yield from (accepted_fields.renumbered(_named(each), module.source) for each in weaken(sql))
        for weaken_code in OF_CODE:
            yield from weaken_code(module)
        schemas = path.parent / "schemas.py"
        if path.name == "queries.py" and schemas.exists():
            beside = PythonText(str(schemas.relative_to(folder)), schemas.read_text())
            yield from accepted_fields.taken_from_clients(module, beside, texts)


def _named(found: Weakening) -> Weakening:
    """Return the weakening under the kind that its file makes of it: conditions of sessions are no rules."""
    if is_shared(found) and found.kind not in {"lock", "not-idempotent"}:
        return Weakening("session-condition", found.file, found.line, found.what, found.edits)
    return found


def _modules(folder: Path) -> Sequence[Path]:
    inner = [path for path in folder.glob("app/*/*.py") if path.name in {"queries.py", "routes.py"}]
    accounts = [path for path in folder.glob("app/auth/*.py") if path.name != "routes.py"]
    guards = [path for name in GUARDS if (path := folder / "app" / "core" / name).exists()]
    found = sorted({*inner, *accounts, *guards})
    return [path for path in found if str(path.relative_to(folder)) not in NOT_FOR_CALLERS]


def _in_migrations(folder: Path) -> Iterator[Weakening]:
    for path in sorted(folder.glob("migrations/*.sql")):
        if "infrastructure" not in path.name:
            yield from weakened_migration(str(path.relative_to(folder)), path.read_text())


def implied(folder: Path) -> frozenset[str]:
    """Return the names of weakenings that change nothing, since another part of the condition says as much."""
    names = set()
    for path in _modules(folder):
        source = path.read_text()
        for sql in texts_in_python(str(path.relative_to(folder)), source):
            parts = {(part.start, part.end) for part in rules.implied_parts(sql)}
            for each in rules.weakened_conditions(sql):
                edit = each.edits[0]
                if (edit.start - sql.start, edit.end - sql.start) in parts:
                    names.add(accepted_fields.renumbered(_named(each), source).name)
    return frozenset(names)
