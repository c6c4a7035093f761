"""The answers to small cases, in a database that holds nothing but the tables of the design."""

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from backend_architect.design.model import Design, Row
from backend_architect.oracle import Oracle, tables_sql
from backend_architect.oracle.cases import Cases
from backend_architect.oracle.rewriting import condition_sql, over_row
from backend_architect.oracle.scopes import here
from backend_architect.postgres import Session, start_embedded

Answer = bool | None | str
"""Whether the rule holds; None where it is unknown, a text where it cannot be computed."""
UNSAFE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Nothing of the database is kept."""

ASKED = """
CREATE FUNCTION oracle.asked(cases jsonb, question text, callers jsonb, own jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE found jsonb = '[]'; said jsonb; answers jsonb; one jsonb; caller jsonb; plural text; record jsonb;
BEGIN
    FOR one IN SELECT jsonb_array_elements(cases) LOOP
        FOR plural IN SELECT viewname FROM pg_views WHERE schemaname = 'oracle' LOOP
            EXECUTE format('DELETE FROM oracle.%I', plural);
        END LOOP;
        FOR plural IN SELECT jsonb_object_keys(one->'stored') LOOP
            EXECUTE format('INSERT INTO oracle.%I SELECT * FROM jsonb_populate_recordset(NULL::oracle.%I, $1)',
                plural, plural) USING one->'stored'->plural;
        END LOOP;
        answers = '[]';
        FOR caller IN SELECT jsonb_array_elements(callers) LOOP
            PERFORM oracle.become((caller->>'me')::uuid, ARRAY(SELECT jsonb_array_elements_text(caller->'roles')));
            record = one->'row';
            IF caller->>'me' IS NULL THEN record = record || own; END IF;
            BEGIN
                EXECUTE question INTO said USING record;
            EXCEPTION WHEN OTHERS THEN
                said = to_jsonb(sqlerrm);
            END;
            answers = answers || jsonb_build_array(said);
        END LOOP;
        found = found || jsonb_build_array(answers);
    END LOOP;
    RETURN found;
END $$;
"""


@dataclass(frozen=True)
class ExplanationDatabase:
    """A database in which the cases of one design can be asked."""

    design: Design
    database: Session

    def oracle(self, cases: Cases, text: str) -> list[list[Answer]]:
        """Return what the rule's own text says, for each case and each caller."""
        row = cases.row
        value = over_row(
            row, condition_sql(self.design, row, text), f"jsonb_populate_record(NULL::{here(row.plural)}, $1)"
        )
        return self.question(cases, f"SELECT to_jsonb(({value}))")

    def compiled(self, cases: Cases, sql: str, parameters: Sequence[str]) -> list[list[Answer]]:
        """Return what the compiled rule says, a condition over the row's table with numbered parameters."""

        def caller(match: "re.Match[str]") -> str:
            name = parameters[int(match[1]) - 1]
            return "oracle.me()" if name == "me" else f"oracle.holds('{name.removeprefix('is_')}')"

        columns = ", ".join(_columns(cases.row))
        source = f"(SELECT {columns} FROM jsonb_populate_record(NULL::{here(cases.row.plural)}, $1) AS each)"
        condition = re.sub(r"\$(\d+)", caller, sql)
        return self.question(cases, f'SELECT to_jsonb(({condition})) FROM {source} AS "{cases.row.table}"')

    def question(self, cases: Cases, sql: str) -> list[list[Answer]]:
        """Return the answers to a query over the row `$1`, for each case and each caller."""
        given = [{"row": case.row, "stored": case.stored} for case in cases.cases]
        callers = [{"me": each.me, "roles": sorted(each.roles)} for each in cases.callers.values()]
        own = {item.name: None for item in cases.row.fields.values() if item.set == "me"} if not cases.is_stored else {}
        arguments = (json.dumps(given), sql, json.dumps(callers), json.dumps(own))
        asked = "SELECT oracle.asked($1::text::jsonb, $2, $3::text::jsonb, $4::text::jsonb)::text"
        found: list[list[Any]] = json.loads(self.database.value(asked, *arguments))
        return found


@contextmanager
def small_database(design: Design) -> Iterator[ExplanationDatabase]:
    """Give a database with the design's tables for as long as the block lasts; the server is its own."""
    with (
        TemporaryDirectory(prefix="architect-cases-") as folder,
        start_embedded(Path(folder) / "data", UNSAFE) as server,
        Session(server.url()) as database,
    ):
        database.run(tables_sql(design))
        Oracle(database, design)
        database.run(ASKED)
        yield ExplanationDatabase(design, database)


def _columns(row: Row) -> Iterator[str]:
    own = ["id", "created_at", "updated_at"] if not hasattr(row, "pair") else ["created_at"]
    yield from (f'each."{name}"' for name in own)
    yield from (f'each."{item.name}" AS "{item.column}"' for item in row.fields.values())
