"""Which of the statements that were read can be looked at; the others are counted, by the reason."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from pglast import ast
from pglast.stream import RawStream

from backend_architect.sql.parsing import begins_without_plan, is_plannable, nodes, parse
from backend_architect.tune.statement_names import read_names, shared_names
from backend_architect.tune.workload import Statement, Workload

HIDDEN = "<insufficient privilege>"
"""What the server shows instead of another user's text."""
LONGEST = 100_000  # characters, beyond which taking a statement apart takes minutes
GONE, TOO_LONG = "<gone>", "<too long>"
OWN = "/* backend-architect tune */"
REASONS = {
    HIDDEN: "another user's, hidden from this role",
    GONE: "its text is gone: the server lost its file of texts, or is cleaning it up",
    TOO_LONG: "longer than 100,000 characters",
}
UNPARSED = "cannot be parsed: truncated, or of another version"
PLANLESS = "without a plan (DDL, SET, transactions and the like)"
CATALOGS_ONLY = "of the server's own catalogs only (drivers, monitoring, this tool)"
OURS = "this tool's own"
WITHOUT = {PLANLESS, CATALOGS_ONLY, OURS, "empty"}
"""Why a statement is left out that no index could serve: its time is no part of what could be read."""
HINTS = ("pg_", "information_schema", "set_config", "current_setting")
EXPRESSION = re.compile(
    r"\s*(?:[\w.$]+(?:\[[^]]*\])?\s*:=|(?=\()|(?=(?:NOT\s+)?EXISTS\b)|(?=COALESCE\b))", re.IGNORECASE
)
"""How PL/pgSQL's assignments and conditions begin, which are counted without the SELECT that they are run with."""
SETTINGS = {"current_setting", "set_config"}
SYSTEM = {"pg_catalog", "information_schema"}


def identity(text: str) -> str:
    """Return a short name of a text that is the same wherever it was read."""
    return hashlib.sha256(" ".join(text.split()).encode()).hexdigest()[:12]


def keep(read: Iterable[Statement], source: str, seconds: float | None = None) -> Workload:
    """Return the workload of the statements that have a plan, the dearest first."""
    left_out: Counter[str] = Counter()
    kept: list[Statement] = []
    unread_ms = 0.0
    for statement in read:
        named = statement if len(statement.text) > LONGEST else _unwrapped(_named(statement))
        reason = _reason(named.text)
        if reason:
            left_out[reason] += 1
            unread_ms += 0.0 if reason in WITHOUT else named.total_ms - named.nested_ms
        else:
            kept.append(named)
    shared = shared_names(each.name for each in kept)
    kept = [each.named_among(shared) for each in kept]
    kept.sort(key=lambda statement: (-statement.total_ms, -statement.calls, statement.id))
    return Workload(source, tuple(kept), dict(sorted(left_out.items())), seconds, unread_ms=unread_ms)


def _reason(text: str) -> str:
    if text in REASONS:
        return REASONS[text]
    if len(text) > LONGEST:
        return REASONS[TOO_LONG]
    if OWN in text:
        return OURS
    trees = parse(text)
    if trees is None:
        return PLANLESS if begins_without_plan(text) else UNPARSED
    if len(trees) != 1:
        return "more than one statement in a text" if trees else "empty"
    if not is_plannable(trees[0]):
        return PLANLESS
    suspect = any(hint in text.lower() for hint in HINTS)
    return CATALOGS_ONLY if suspect and _of_catalogs(trees[0]) else ""


def _of_catalogs(tree: object) -> bool:
    """Return whether a statement has tables, and all of them are the server's."""
    queries = {each.ctename for each in nodes(tree, ast.CommonTableExpr)}
    tables = [each for each in nodes(tree, ast.RangeVar) if each.schemaname or each.relname not in queries]
    calls = [str(each.funcname[-1].sval) for each in nodes(tree, ast.FuncCall)]
    if not tables:
        return bool(calls) and SETTINGS.issuperset(calls)
    return all(each.schemaname in SYSTEM or each.relname.startswith("pg_") for each in tables)


def _unwrapped(statement: Statement) -> Statement:
    """Return the statement that PREPARE has prepared, or the expression of a function as one: so the server counts."""
    trees = parse(statement.text)
    assigned = EXPRESSION.match(statement.text) if trees is None else None
    if assigned is not None:
        text = f"SELECT {statement.text[assigned.end() :].lstrip()}"
        return replace(statement, text=text) if parse(text) else statement
    prepared = trees[0] if trees and len(trees) == 1 else None
    if not isinstance(prepared, ast.PrepareStmt) or prepared.query is None:
        return statement
    return replace(statement, text=str(RawStream()(prepared.query)))


def _named(statement: Statement) -> Statement:
    name, tags = read_names(statement.text)
    return replace(statement, name=name, tags=tags)
