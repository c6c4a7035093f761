"""A copy is made of a structure and statistics alone, and planned as the database itself."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from backend_architect.planner_twin import Planner, read_statistics
from backend_architect.planner_twin.copy import Copy, Known, make_copy, read_known, twin_server
from backend_architect.planner_twin.logins import create_role
from backend_architect.planner_twin.structure import Structure, read_structure
from backend_architect.postgres import EmbeddedServer, Refused, Session
from backend_architect.tune.observe import OLDEST, READ_ONLY
from tests.other_servers import running, supported_programs

HOSTILE = Path(__file__).parents[1] / "cases" / "copy" / "hostile.sql"
NAME = "copy_of_all"
ORDERS = '"Sales ""Q"""."Order"'
STATEMENTS = (
    f"""SELECT * FROM {ORDERS} WHERE "select"."Half"("user") = $1 AND "State" <> 'it''s done'
        ORDER BY "State" DESC NULLS LAST LIMIT 5""",
    f"""SELECT o.id, u."from" FROM {ORDERS} o JOIN "select"."user" u ON u.id = o."user" WHERE u."from" = $1""",
    "SELECT * FROM second",
    f"SELECT * FROM {ORDERS} WHERE at > '2028-01-01'",
    f"SELECT * FROM {ORDERS} WHERE at > '2028-04-11' ORDER BY at",
    "SELECT * FROM крамница.events WHERE at = $1 AND kind = 'a'",
    "SELECT kind, count(*) FROM крамница.events GROUP BY 1",
    "SELECT * FROM крамница.events WHERE at >= '2025-03-01' AND at < '2025-03-05'",
    "SELECT a, b, count(*) FROM fast GROUP BY 1, 2",
    "SELECT * FROM fast WHERE a = 3 AND b = 3",
    "SELECT * FROM base WHERE id = $1",
    'SELECT * FROM counts WHERE "user" = $1',
    """SELECT * FROM "select"."user" WHERE lower("from"::text) LIKE '%exam%'""",
    """SELECT * FROM "select"."user" WHERE "from" LIKE 'u12%'""",
    """SELECT * FROM "select"."user" WHERE slug("from"::text) = $1""",
    """SELECT * FROM base WHERE to_tsvector('"My English"', name) @@ to_tsquery('"My English"', 'names & child')""",
)


@dataclass(frozen=True)
class Made:
    """A database, what was read of it, and its copy."""

    url: str
    structure: Structure
    known: Known
    copy: Copy


def read(url: str) -> tuple[Structure, Known]:
    """Return what a reader that can change nothing sees."""
    with Session(url, oldest=OLDEST, settings=READ_ONLY) as session:
        structure = read_structure(session)
        return structure, read_known(session, structure.schemas)


def run_script(session: Session, path: Path = HOSTILE) -> None:
    for statement in path.read_text().split(";\n"):
        session.run(statement)
    session.run("VACUUM ANALYZE")


@pytest.fixture(scope="module")
def made(server: EmbeddedServer) -> Iterator[Made]:
    """The hostile database in a locale that does not sort by bytes, and its copy."""
    with Session(server.url()) as admin:
        admin.run(f"CREATE DATABASE {NAME} TEMPLATE template0 LOCALE_PROVIDER libc LOCALE 'C.UTF-8' STRATEGY file_copy")
        admin.run("CREATE ROLE poor LOGIN; GRANT pg_monitor TO poor")
    url = server.url(NAME)
    with Session(url) as session:
        run_script(session)
    structure, known = read(url)
    copy = make_copy(server, structure, known)
    yield Made(url, structure, known, copy)
    copy.twin.close()
    with Session(server.url()) as admin:
        admin.run(f"DROP DATABASE {NAME} WITH (FORCE)")
        admin.run("DROP ROLE poor")


def shape(plan: dict[str, Any]) -> object:
    """Return what a plan does, without its figures."""
    own = [plan.get(part) for part in ("Node Type", "Join Type", "Relation Name", "Index Name", "Strategy")]
    return own, [shape(child) for child in plan.get("Plans", [])]


def test_everything_but_row_security_is_made(made: Made) -> None:
    assert [(each.kind, each.name) for each in made.copy.left_out] == [("row security", "public.base")]
    assert not any("gone" in table.name for table in made.structure.tables)


def test_it_is_planned_as_the_database_itself(made: Made) -> None:
    with Planner(made.url) as planner:
        for statement in STATEMENTS:
            truth, planned = planner.explain(statement), made.copy.twin.explain(statement)
            assert shape(planned) == shape(truth), statement
            assert planned["Total Cost"] == pytest.approx(truth["Total Cost"], rel=0.03), statement
            assert planned["Plan Rows"] == pytest.approx(truth["Plan Rows"], rel=0.03, abs=1), statement


def test_the_copys_structure_reads_as_the_originals(made: Made) -> None:
    with Session(made.copy.twin.url) as session:
        again = read_structure(session)
    assert [each for each in again.rest if each.kind != "statistics"] == [
        each for each in made.structure.rest if each.kind != "statistics"
    ]
    assert {table.qualified: table.columns for table in again.tables} == {
        table.qualified: table.columns for table in made.structure.tables
    }


def test_a_poor_role_sees_the_structure_and_is_told_what_it_misses(server: EmbeddedServer, made: Made) -> None:
    structure, known = read(made.url.replace("postgres@", "poor@"))
    assert structure.tables == made.structure.tables
    assert known.unseen and ORDERS in known.unseen and known.grant == "GRANT pg_read_all_data TO poor"
    copy = make_copy(server, structure, known)
    with copy.twin as twin:
        plan = twin.explain(f"SELECT * FROM {ORDERS}")
        assert plan["Plan Rows"] == pytest.approx(20_000, rel=0.01)  # sizes are for everybody to see


def test_reading_leaves_nothing_and_needs_no_extension(made: Made) -> None:
    extensions = "SELECT extname FROM pg_extension ORDER BY 1"
    with Session(made.url) as session:
        assert [each["extname"] for each in session.fetch(extensions)] == ["hstore", "pg_trgm", "plpgsql"]
        own = read_statistics(session, "public").by_name["fast"]
    computed = next(each for each in made.known.statistics if each.schema == "public").by_name["fast"]
    assert [index.height for index in computed.indexes] == [index.height for index in own.indexes]


MISSING = """
CREATE TYPE size AS (w int, h int);
CREATE TABLE parts (id int PRIMARY KEY, made size, name text);
CREATE INDEX by_name ON parts (name);
INSERT INTO parts SELECT n, ROW(n, n)::size, 'part ' || n FROM generate_series(1, 2000) n;
ANALYZE parts
"""


def test_what_cannot_be_made_is_named_and_stops_nothing(server: EmbeddedServer, new_database: Any) -> None:
    structure, known = read(new_database(MISSING))
    without = replace(structure, types=())  # as a type of an extension that is not here
    copy = make_copy(server, without, known)
    with copy.twin as twin:
        assert [(each.kind, each.name) for each in copy.left_out] == [("column", "public.parts.made")]
        plan = twin.explain("SELECT name FROM parts WHERE name = $1")
        assert plan["Node Type"] == "Index Only Scan" or plan["Node Type"] == "Index Scan"
        assert twin.explain("SELECT * FROM parts")["Plan Rows"] == 2000


@pytest.fixture(scope="module")
def older() -> Iterator[tuple[str, int]]:
    """The URL of an older PostgreSQL and its version, where the machine has one: the newest of them."""
    found = supported_programs()
    if not found:
        pytest.skip("no older PostgreSQL is installed")
    with running(found[-1], {"fsync": "off", "autovacuum": "off"}) as other:
        yield other.url, found[-1].version


def test_an_older_server_is_copied_too(server: EmbeddedServer, older: tuple[str, int]) -> None:
    url, version = older
    with Session(url, oldest=OLDEST) as session:
        run_script(session)
    structure, known = read(url)
    assert structure.version == version
    copy = make_copy(server, structure, known)
    with copy.twin as twin, Session(url, oldest=OLDEST) as session:
        assert [each.kind for each in copy.left_out] == ["row security", "planner"]
        for statement in STATEMENTS:
            if "$1" not in statement and "2025-03-05" not in statement:  # 18 skips through the index on kind and day
                truth = session.value(f"EXPLAIN {statement}")
                cost, rows = truth.split("..")[1].split(" ")[0], truth.split("rows=")[1].split(" ")[0]
                planned = twin.explain(statement)
                assert planned["Total Cost"] == pytest.approx(float(cost), rel=0.05), statement
                assert planned["Plan Rows"] == pytest.approx(float(rows), rel=0.05, abs=1), statement


def test_two_programs_share_the_server_and_the_last_stops_it(tmp_path: Path) -> None:
    folder = tmp_path / "twin"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("15")  # what is in it cannot be used, and is made anew
    with twin_server(folder) as one:
        with Session(one.url()) as admin:
            admin.run("CREATE DATABASE twin_999999999_left STRATEGY file_copy")
            admin.run(create_role("twin_999999999_left"))
        with twin_server(folder) as other:
            assert other.pid == one.pid
            with Session(other.url()) as admin:
                assert not admin.fetch("SELECT FROM pg_database WHERE datname LIKE 'twin%'")  # its owner is gone
                assert not admin.fetch("SELECT FROM pg_roles WHERE rolname LIKE 'twin%'")
            assert folder.stat().st_mode & 0o777 == 0o700  # nobody else comes to the socket, which asks no password
            assert (folder / f".s.PGSQL.{one.port}").stat().st_mode & 0o777 == 0o700
    with pytest.raises(Exception, match="does not answer"):
        Session(one.url())


def test_a_table_that_somebody_holds_is_not_waited_for(made: Made) -> None:
    with Session(made.url) as holder:
        holder.run(f"BEGIN; LOCK TABLE {ORDERS} IN ACCESS EXCLUSIVE MODE")
        structure, known = read(made.url)
        holder.run("ROLLBACK")
    held = [each for each in structure.left_out if each.kind == "table"]
    assert [each.name for each in held] == [ORDERS] and len(structure.left_out) == 2  # and row security
    assert structure.tables != made.structure.tables  # its defaults
    sizes = {(each.schema, table.name): table.pages for each in known.statistics for table in each.tables}
    for each in made.known.statistics:
        assert {table.name: sizes[each.schema, table.name] for table in each.tables} == {
            table.name: table.pages for table in each.tables
        }


def test_the_reader_can_change_nothing(made: Made) -> None:
    with Session(made.url, oldest=OLDEST, settings=READ_ONLY) as session, pytest.raises(Refused):
        session.run("CREATE TABLE x (a int)")
