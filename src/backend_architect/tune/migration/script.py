"""A migration as a file for psql, and the file that undoes it. Both are linted by squawk without any rule switched off.

What squawk would warn of is said where it stands: a partitioned table's index cannot be made or dropped CONCURRENTLY.
"""

import re
from collections.abc import Iterator

from backend_architect import __version__
from backend_architect.tune.amounts import size
from backend_architect.tune.migration.locks import LOCKS, SHORT
from backend_architect.tune.migration.model import Migration, MigrationStep, StepKind

IGNORED = {
    StepKind.CREATE_PARENT_INDEX: "require-concurrent-index-creation",
    StepKind.DROP_PARENT_INDEX: "require-concurrent-index-deletion",
    StepKind.SET_OPTIONS: "prefer-robust-stmts",
}
BLOCKING = {
    re.compile("CREATE INDEX (?!CONCURRENTLY )"): IGNORED[StepKind.CREATE_PARENT_INDEX],
    re.compile("DROP INDEX (?!CONCURRENTLY )"): IGNORED[StepKind.DROP_PARENT_INDEX],
    re.compile("ALTER TABLE "): IGNORED[StepKind.SET_OPTIONS],
}
HOW_TO_RUN = """-- Run it outside of a transaction, on the primary:  psql -X -f {file} "$DATABASE_URL"
-- It stops at the first error and may be run again: what is done is left as it is, and an index that an interrupted run
-- left invalid is dropped and built anew. Another runner than psql: send the statements one by one, without the lines
-- that begin with a backslash and the SELECTs that end with \\gexec."""


def migration_sql(migration: Migration, date: str) -> str:
    """Return the file; `date` is written into its head."""
    made = [step for step in migration.steps if step.kind is StepKind.CREATE_INDEX]
    dropped = [step for step in migration.steps if step.kind in {StepKind.DROP_INDEX, StepKind.DROP_PARENT_INDEX}]
    head = [
        *_head(migration, "Migration", date),
        f"-- {len(migration.steps)} steps: {len(made)} indexes built ({size(migration.bytes)}), "
        f"{len(dropped)} dropped ({size(migration.freed)} given back).",
        HOW_TO_RUN.format(file="migration.sql"),
        "-- To undo it: the .rollback.sql beside this file, which is also at its end.",
    ]
    parts = ["\n".join(head), _settings(migration)]
    parts += ["\n".join(_step(step, number)) for number, step in enumerate(migration.steps, 1)]
    if migration.left_out:
        parts.append("\n".join(["-- Left out:", *(f"--   {_line(each)}" for each in migration.left_out)]))
    undo = [f"--   {_line(statement)}" for statement in _rollbacks(migration)]
    parts.append("\n".join(["-- How to roll back:", *undo]))
    return "\n\n".join(parts) + "\n"


def rollback_sql(migration: Migration, date: str) -> str:
    """Return the file that undoes the migration, the last step first."""
    head = [*_head(migration, "Rollback of the migration", date), HOW_TO_RUN.format(file="migration.rollback.sql")]
    parts = ["\n".join(head), _settings(migration)]
    return "\n\n".join([*parts, *(_patient(statement) for statement in _rollbacks(migration))]) + "\n"


def _head(migration: Migration, title: str, date: str) -> list[str]:
    where = f"database {_line(migration.database)}, PostgreSQL {migration.version}"
    return [f"-- {title}: {where}. Written by backend-architect {__version__} on {date} ({migration.digest})."]


def _settings(migration: Migration) -> str:
    name = _literal(migration.database)
    body = f"IF current_database() <> {name} THEN RAISE EXCEPTION 'this is database %', current_database(); END IF;"
    return "\n".join(
        [
            "\\set ON_ERROR_STOP on",
            "SET statement_timeout = 0;",
            f"SET lock_timeout = '{SHORT}ms';",
            "SET client_min_messages = warning;",
            _block(body),
        ]
    )


def _step(step: MigrationStep, number: int) -> Iterator[str]:
    lock = LOCKS[step.kind]
    yield f"-- {number}. {step.kind.value}: {_line(step.subject)}"
    if step.why:
        yield f"--    why: {_line(step.why)}"
    if step.gain:
        yield f"--    saves: {step.gain:,.0f} of the planner's units over all calls"
    if step.bytes:
        yield f"--    size: {size(step.bytes)}"
    yield f"--    locks: {lock.description}"
    yield f"SET lock_timeout = '{lock.timeout}ms';"
    if step.kind is StepKind.CREATE_INDEX:
        yield _drop_leftover(step)
    yield _with_ignored(step.sql, IGNORED.get(step.kind, ""))
    if step.kind is StepKind.CREATE_INDEX:
        yield _block(
            f"IF NOT EXISTS (SELECT FROM pg_index WHERE indexrelid = to_regclass({_literal(step.qualified_index)}) "
            f"AND indisvalid) THEN RAISE EXCEPTION '% is not valid: run this file again', "
            f"{_literal(step.qualified_index)}; END IF;"
        )


def _drop_leftover(step: MigrationStep) -> str:
    return (
        f"SELECT format('DROP INDEX CONCURRENTLY %s', {_literal(step.qualified_index)}) FROM pg_index\n"
        f"WHERE indexrelid = to_regclass({_literal(step.qualified_index)}) AND NOT indisvalid \\gexec"
    )


def _rollbacks(migration: Migration) -> list[str]:
    return list(dict.fromkeys(step.rollback for step in reversed(migration.steps) if step.rollback))


def _patient(statement: str) -> str:
    """Return a statement with its lock timeout: a short one where others would wait behind it."""
    kind = StepKind.DROP_PARENT_INDEX if _blocks(statement) else StepKind.DROP_INDEX
    return f"SET lock_timeout = '{LOCKS[kind].timeout}ms';\n{_with_ignored(statement)}"


def _with_ignored(statement: str, rule: str = "") -> str:
    comment = rule or _blocks(statement)
    return f"-- squawk-ignore {comment}\n{statement}" if comment else statement


def _blocks(statement: str) -> str:
    """Return the rule of squawk that an undoing statement breaks, '' for none."""
    return next((rule for begin, rule in BLOCKING.items() if begin.match(statement)), "")


def _block(body: str) -> str:
    tag = "check"
    while f"${tag}$" in body:
        tag += "_"
    return f"DO ${tag}$ BEGIN {body} END ${tag}$;"


def _literal(text: str) -> str:
    """Return a text as SQL, with standard strings or without."""
    escaped = text.replace("'", "''")
    return f"'{escaped}'" if "\\" not in text else " E'{}'".format(escaped.replace("\\", "\\\\"))


def _line(text: str) -> str:
    """Return a text that cannot leave its comment."""
    return " ".join(text.split())
