"""Both readings of generated expressions, asked of the same rows for the same callers."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from asyncpg import PostgresError
from sqlglot import exp

from backend_architect.design.expressions import resolve_rule, resolve_value
from backend_architect.design.model import Design, Entity, Row
from backend_architect.design.syntax import ExpressionError
from backend_architect.oracle import NOBODY, Caller, OracleError, oracle_sql, tables_sql
from backend_architect.oracle.rewriting import expression_sql, over_row
from backend_architect.postgres import Session
from backend_architect.queries.text import StatementText
from tests.oracle.rows import Rows, identity, rows_sql

TRIED = """
CREATE FUNCTION oracle.tried(me uuid, roles text[], questions text[]) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE found jsonb = '[]'; said jsonb; question text;
BEGIN
    PERFORM oracle.become(me, roles);
    FOREACH question IN ARRAY questions LOOP
        BEGIN
            EXECUTE question INTO said;
        EXCEPTION WHEN OTHERS THEN
            said = jsonb_build_object('error', sqlerrm, 'code', sqlstate);
        END;
        found = found || jsonb_build_array(said);
    END LOOP;
    RETURN found;
END $$;
"""


@dataclass
class Tally:
    """What a run of the comparison has seen."""

    designs: int = 0
    expressions: int = 0
    compared: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    refused_texts: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        refused = ", ".join(f"{code} {number}" for code, number in self.refused.most_common())
        return (
            f"{self.designs} designs, {self.expressions} expressions, {self.compared} of them accepted and compared "
            f"({dict(self.answers)}); refused by the compiler alone: {refused or 'none'}"
        )


@dataclass(frozen=True)
class Disagreement:
    """An expression of which the readings say different things."""

    plural: str
    text: str
    caller: Caller
    compiled: Any
    oracle: Any
    sql: str

    def __str__(self) -> str:
        who = f"{self.caller.me or 'nobody'} {sorted(self.caller.roles)}"
        said = f"  compiled {self.compiled}\n  oracle   {self.oracle}"
        return f"{self.plural}: {self.text}\n  as {who}\n{said}\n  {self.sql}"


def callers_of(design: Design) -> tuple[Caller, ...]:
    """Return nobody, somebody, and somebody else with every role."""
    user = design.entities["user"]
    roles = frozenset(design.auth.roles) if design.auth else frozenset[str]()
    return NOBODY, Caller(identity(user, 0)), Caller(identity(user, 1), roles)


def disagreements(
    database: Session,
    design: Design,
    rows: Rows,
    written: Sequence[tuple[str, str]],
    tally: Tally,
) -> Iterator[Disagreement]:
    """Yield where the readings differ; nothing of the design stays in the database."""
    tally.designs += 1
    database.run("BEGIN")
    try:
        try:
            database.run("\n".join([tables_sql(design), oracle_sql(design), TRIED, rows_sql(design, rows)]))
        except PostgresError as error:  # a computed value that PostgreSQL refuses: so must the compiler
            yield from _accepted(design, error)
            return
        for plural, text in written:
            tally.expressions += 1
            yield from _differences(database, design, (plural, text), tally)
    finally:
        database.run("ROLLBACK")


def _accepted(design: Design, error: PostgresError) -> Iterator[Disagreement]:
    values = [(row, each.sql) for row in design.entities.values() for each in row.computed.values()]
    compiled = [(row, text, _compiled(design, row, text)[0]) for row, text in values]
    if all(mine for _, _, mine in compiled):
        for row, text, mine in compiled:
            yield Disagreement(
                row.plural, text, NOBODY, "accepted", f"one is refused: {error}", mine.sql if mine else ""
            )


def _differences(database: Session, design: Design, written: tuple[str, str], tally: Tally) -> Iterator[Disagreement]:
    plural, text = written
    row = design.rows_by_plural[plural]
    mine, code = _compiled(design, row, text)
    theirs, unread = _given_to_postgresql(design, row, text)
    for caller in callers_of(design):
        asked = [theirs, *(each.format_for(caller) for each in mine)] if theirs else []
        said, *compiled = [_answers(each) for each in _tried(database, caller, asked)] or [{"error": unread}]
        if not mine:
            if not isinstance(said, dict):
                tally.refused[code] += 1
                tally.refused_texts.append(f"{code}: {text}")
            return
        if isinstance(said, dict):
            yield Disagreement(plural, text, caller, "accepted", said, mine[0].sql)
            return
        tally.compared += caller is NOBODY
        tally.answers.update(str(each) for each in said if isinstance(each, bool))
        for each, answer in zip(mine, compiled, strict=True):
            if answer != said:
                yield Disagreement(plural, text, caller, answer, said, each.sql)
                return


@dataclass(frozen=True)
class _Compiled:
    sql: str
    names: tuple[str, ...]
    question: str

    def format_for(self, caller: Caller) -> str:
        """Return the question with the caller's values in place of the parameters."""
        known = {"me": f"'{caller.me}'::uuid" if caller.me else "NULL::uuid"}
        known |= {f"is_{role}": "TRUE" for role in caller.roles}

        def value(match: "re.Match[str]") -> str:
            return known.get(self.names[int(match[1]) - 1], "FALSE")

        return re.sub(r"\$(\d+)", value, self.question)


def _compiled(design: Design, row: Row, text: str) -> tuple[list[_Compiled], str]:
    """Return the compiled value and, if it is true or false, the compiled rule; or the code of its refusal."""
    try:
        typed = resolve_value(design, row, text)
        trees = [typed.sql, *([resolve_rule(design, row, text)] if typed.type == "boolean" else [])]
    except ExpressionError as error:
        return [], error.code
    return [_as_question(row, tree) for tree in trees], ""


def _as_question(row: Row, tree: exp.Expr) -> _Compiled:
    statement = StatementText()
    sql = statement.rule(tree)
    names = tuple(param.name for param in statement.params)
    return _Compiled(sql, names, _question(row, f"({sql})", f'"{row.table}"', row.table))


def _given_to_postgresql(design: Design, row: Row, text: str) -> tuple[str, str]:
    try:
        sql = over_row(row, expression_sql(design, row, text), "each")
    except OracleError as error:
        return "", str(error)
    return _question(row, f"({sql})", f'oracle."{row.plural}" AS each', "each"), ""


def _question(row: Row, sql: str, source: str, alias: str) -> str:
    """Return the query of an expression for all rows of a kind: its type, and each value."""
    order = f'"{alias}".{"id" if isinstance(row, Entity) else "created_at"}'
    return f"SELECT jsonb_agg(jsonb_build_array(pg_typeof({sql})::text, {sql}) ORDER BY {order}) FROM {source}"


def _answers(said: Any) -> Any:
    """Return values with their types; of what is true or false, whether it holds."""
    if isinstance(said, dict):
        return said
    return [
        value is True if kind == "boolean" else (kind.replace("unknown", "text"), value) for kind, value in said or []
    ]


def _tried(database: Session, caller: Caller, questions: list[str]) -> list[Any]:
    sql = "SELECT oracle.tried($1::text::uuid, $2::text[], $3::text[])::text"
    return list(json.loads(database.value(sql, caller.me, sorted(caller.roles), questions))) if questions else []
