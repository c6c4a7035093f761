"""Code that comes with a copied database is run by a role that can do nothing on this machine."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from backend_architect.planner_twin.copy import Copy, make_copy
from backend_architect.planner_twin.structure import Definition, Structure
from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.observe import observe
from backend_architect.tune.rewrites.model import Rewrite, SameRows
from backend_architect.tune.rewrites.trial import check_all
from backend_architect.tune.what_if import PlanRefused, TwinWhatIf
from tests.tune.conftest import NewDatabase
from tests.tune.test_copy import read

PLANTED = """
CREATE FUNCTION run(place text) RETURNS boolean LANGUAGE sql VOLATILE AS 'SELECT true';
CREATE FUNCTION planted(place text, x text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS
  $f$ BEGIN PERFORM public.run(place); RETURN lower(x); END $f$;
CREATE DOMAIN checked AS text CHECK (planted('domain', VALUE) IS NOT NULL);
CREATE TABLE people (id bigint PRIMARY KEY, email text NOT NULL, size checked, age int);
INSERT INTO people SELECT n, 'Person' || n, 'size ' || n % 7, n % 90 FROM generate_series(1, 5000) n;
CREATE INDEX by_planted ON people (planted('index', email));
CREATE INDEX by_age ON people (age);
CREATE VIEW seen AS SELECT id, planted('view', 'x') AS x FROM people;
ANALYZE
"""
ATTACK = """
CREATE OR REPLACE FUNCTION run(place text) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $f$
BEGIN
    RAISE LOG 'copied code in % run by % on %', place, session_user, current_database();
    IF place = 'file' THEN PERFORM pg_read_file('PG_VERSION'); END IF;
    EXECUTE format('COPY (SELECT 1) TO PROGRAM %L', 'touch {trace}_' || place);
    RETURN true;
END $f$
"""
COPY = "COPY (SELECT 1) TO PROGRAM 'touch {trace}_{place}'"
OFFERED = NewIndex("public", "people", (NewKey("", "planted('offered', email)"),))
PARTIAL = NewIndex("public", "people", (NewKey("age"),), predicate="planted('predicate', 'x') = 'x'")
PLAIN = NewIndex("public", "people", (NewKey("email"),))


@dataclass(frozen=True)
class Hostile:
    """A copy of a database that carries attacks, and where these would leave a trace."""

    copy: Copy
    what_if: TwinWhatIf
    log: Path
    trace: Path

    def runs(self) -> dict[str, str]:
        """Return the role that ran the planted code in each place."""
        lines = [line.split("copied code in ")[1].split() for line in self.lines() if "copied code in " in line]
        return {words[0]: words[3] for words in lines if words[5] == self.copy.twin.database}

    def lines(self) -> list[str]:
        """Return what the server logged."""
        return self.log.read_text(errors="replace").splitlines()

    def traces(self) -> list[Path]:
        """Return what the attacks did to this machine."""
        return sorted(self.trace.parent.glob(f"{self.trace.name}_*"))


def lying(structure: Structure, trace: Path) -> Structure:
    """Return the structure as a server tells it that lies: statements are not what they should be."""

    def attack(place: str) -> str:
        return COPY.format(trace=trace, place=place)

    index = "CREATE INDEX by_constant ON public.people ((public.planted('index', 'x') || email))"
    internal = """CREATE FUNCTION public.files(text) RETURNS text LANGUAGE internal AS 'pg_read_file_all'"""
    return replace(
        structure,
        schemas=(*structure.schemas, "pg_catalog", "twin_tools", 'x"; ' + attack("schema")),
        extensions=(
            Definition("extension", "hstore", f"CREATE EXTENSION hstore; {attack('extension')}"),
            Definition("extension", "dblink", "CREATE EXTENSION dblink SCHEMA public"),
            Definition("extension", "pg_trgm", "CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public CASCADE"),
        ),
        types=(Definition("type", "t", f"CREATE TYPE t AS (a int); RESET ROLE; {attack('type')}"), *structure.types),
        code=(*structure.code, Definition("function", "files", internal)),
        rest=(*structure.rest, Definition("index", "public.by_constant", index)),
        settings={
            **structure.settings,
            f"work_mem = 64; {attack('setting')}; --": "",
            "session_preload_libraries": "x",
        },
    )


@pytest.fixture(scope="module")
def hostile(server: EmbeddedServer) -> Iterator[Hostile]:
    trace = server.folder / "attacked"
    with Session(server.url()) as admin:
        admin.run("CREATE DATABASE hostile STRATEGY file_copy")
    with Session(server.url("hostile")) as session:
        session.run(PLANTED)
        session.run(ATTACK.replace("{trace}", str(trace)))
    structure, known = read(server.url("hostile"))
    copy = make_copy(server, lying(structure, trace), known)
    what_if = TwinWhatIf(copy.twin)
    what_if.offer([OFFERED, PARTIAL, PLAIN])
    yield Hostile(copy, what_if, server.folder / "log", trace)
    what_if.close()
    copy.twin.close()
    with Session(server.url()) as admin:
        admin.run("DROP DATABASE hostile WITH (FORCE)")
        assert not admin.fetch("SELECT FROM pg_roles WHERE rolname = $1", copy.twin.database)


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("SELECT * FROM people WHERE email = planted('constant', 'A')", "permission denied to COPY"),
        ("SELECT * FROM people WHERE email = planted('file', 'A')", "permission denied for function pg_read_file"),
        ("INSERT INTO people (id, email) VALUES (1, planted('written', 'A'))", "permission denied to COPY"),
        ("SELECT * FROM seen WHERE x = 'x'", "permission denied to COPY"),
        ("SELECT pg_read_file('PG_VERSION')", "permission denied for function pg_read_file"),
    ],
)
def test_a_statement_that_runs_copied_code_is_refused(hostile: Hostile, statement: str, refusal: str) -> None:
    with pytest.raises(PlanRefused, match=refusal):
        hostile.what_if.plan(statement)


def test_copied_code_never_ran_as_a_superuser_and_did_nothing(hostile: Hostile) -> None:
    places = {"domain", "offered", "predicate", "index", "constant", "file", "written", "view"}
    assert hostile.runs() == dict.fromkeys(places, hostile.copy.twin.database)  # its role has its name
    assert hostile.traces() == []


def test_what_attacks_is_named_and_all_else_is_planned(hostile: Hostile) -> None:
    told = {(each.kind, each.name) for each in hostile.copy.left_out}
    assert {("extension", "hstore"), ("extension", "dblink"), ("type", "t"), ("function", "files")} <= told
    assert {("schema", "pg_catalog"), ("schema", "twin_tools"), ("setting", "session_preload_libraries")} <= told
    assert {("index", "public.by_constant"), ("statistics", "public.people.size")} <= told
    assert PARTIAL in hostile.what_if.refused
    plan = hostile.what_if.plan
    assert plan("SELECT * FROM people WHERE email = $1").plan["Plan Rows"] == 1
    assert plan("SELECT * FROM people WHERE email = $1", [PLAIN]).used == {PLAIN.name}
    assert plan("SELECT * FROM people WHERE age = $1", hidden=["by_age"]).used == frozenset()
    assert plan("SELECT * FROM people WHERE age = $1").used == {"by_age"}
    assert plan("UPDATE people SET age = 1 WHERE id = $1").used == {"people_pkey"}
    assert plan("SELECT * FROM pg_statistic WHERE starelid = 1").cost > 0


def test_the_role_has_no_rights_beyond_its_twin(hostile: Hostile) -> None:
    rights = """
        SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolreplication OR rolbypassrls
            OR pg_has_role(rolname, 'pg_execute_server_program', 'MEMBER')
            OR pg_has_role(rolname, 'pg_read_server_files', 'MEMBER')
            OR pg_has_role(rolname, 'pg_write_server_files', 'MEMBER')
            OR has_database_privilege(rolname, current_database(), 'CREATE')
            OR has_schema_privilege(rolname, 'pg_catalog', 'CREATE')
            OR has_schema_privilege(rolname, 'twin_tools', 'CREATE')
        FROM pg_roles WHERE rolname = session_user
    """
    with Session(hostile.copy.twin.url) as session:
        assert session.value(rights) is False


def test_statements_written_anew_are_run_without_rights_too(server: EmbeddedServer, new_database: NewDatabase) -> None:
    catalog = asyncio.run(observe(new_database("CREATE TABLE people (id bigint PRIMARY KEY)"))).observed.catalog
    reads = "SELECT pg_read_file('PG_VERSION') FROM people"
    (verdict,) = asyncio.run(check_all([Rewrite("x", "x", reads, (), SameRows(reads, reads))], catalog, server.url()))
    assert verdict.state == "unchecked" and "permission denied" in verdict.text
