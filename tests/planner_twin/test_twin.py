"""A twin is planned as the really loaded database, and never run."""

from collections.abc import Iterator
from typing import Any

import pytest

from backend_architect.planner_twin import (
    Planner,
    Statistics,
    Twin,
    grow,
    make_twin,
    read_references,
    read_statistics,
)
from backend_architect.postgres import EmbeddedServer, Refused, Session
from backend_architect.postgres.catalog.model import quoted
from tests.planner_twin.conftest import make_database

STATEMENTS = (
    "SELECT * FROM notes WHERE author = $1 ORDER BY made DESC LIMIT 20",
    "SELECT * FROM notes WHERE made > $1 AND made < $2",
    "SELECT * FROM notes WHERE made > timestamptz '2025-10-27 20:00Z'",
    "SELECT * FROM notes WHERE state = 'waiting' ORDER BY made LIMIT 10",
    "SELECT state, count(*) FROM notes GROUP BY state",
    "SELECT n.*, p.handle FROM notes n JOIN people p ON p.id = n.author WHERE p.handle = $1",
    "SELECT p.handle, count(*) FROM notes n JOIN people p ON p.id = n.author GROUP BY p.id",
    "SELECT * FROM people p WHERE NOT EXISTS (SELECT FROM notes n WHERE n.author = p.id)",
    "SELECT * FROM notes WHERE words @@ to_tsquery('simple', 'word1 & word7')",
    "SELECT * FROM notes WHERE open && tstzrange('2025-03-01', '2025-03-02')",
    "SELECT * FROM notes WHERE tags @> ARRAY['tag3']",
    "SELECT * FROM notes WHERE price BETWEEN 10 AND 11",
    "SELECT count(*) FROM notes WHERE gone IS NOT NULL",
    "SELECT * FROM notes WHERE lower(body) = $1",
    "SELECT author FROM notes WHERE author = ANY ($1::bigint[])",
    "UPDATE notes SET state = 'done' WHERE made < $1 AND state = 'waiting'",
)


@pytest.fixture(scope="module")
def known(server: EmbeddedServer, large: str) -> Statistics:
    with Session(server.url(large)) as session:
        return read_statistics(session)


@pytest.fixture(scope="module")
def shared(server: EmbeddedServer, empty: str, known: Statistics) -> Iterator[Twin]:
    with make_twin(server, empty, known) as made:
        yield made


@pytest.fixture
def twin(shared: Twin, known: Statistics) -> Twin:
    """A twin of the loaded database, in its size."""
    if shared.statistics != known:
        shared.resize(known)
    return shared


def shape(plan: dict[str, Any]) -> object:
    """Return what a plan does, without its figures."""
    own = [plan.get(part) for part in ("Node Type", "Join Type", "Relation Name", "Index Name", "Strategy")]
    return own, [shape(child) for child in plan.get("Plans", [])]


def test_a_twin_is_planned_as_the_loaded_database(server: EmbeddedServer, large: str, twin: Twin) -> None:
    with Planner(server.url(large)) as planner:
        for statement in STATEMENTS:
            truth, planned = planner.explain(statement), twin.explain(statement)
            assert shape(planned) == shape(truth), statement
            assert planned["Plan Rows"] == pytest.approx(truth["Plan Rows"], rel=0.1), statement
            assert planned["Total Cost"] == pytest.approx(truth["Total Cost"], rel=0.1), statement


def test_grown_from_a_tenth_it_is_planned_as_the_loaded_database(
    server: EmbeddedServer, small: str, large: str, twin: Twin
) -> None:
    with Session(server.url(small)) as session:
        base, references = read_statistics(session), read_references(session)
    assert references == {("notes", "author"): "people"}
    twin.resize(grow(base, {"notes": 50_000, "people": 5_000}, references))
    with Planner(server.url(large)) as planner:
        same = [shape(planner.explain(each)) == shape(twin.explain(each)) for each in STATEMENTS]
    assert sum(same) >= len(STATEMENTS) - 1


def test_the_size_changes_up_and_down_across_files_that_are_never_filled(
    server: EmbeddedServer, twin: Twin, known: Statistics
) -> None:
    """Three hundred million notes have files of many segments; afterwards none of them may be left."""
    statement = "SELECT count(*) FROM notes"
    rows = {}
    for times in (1, 1000, 6000, 1):
        twin.resize(grow(known, {"notes": 50_000 * times}, {}))
        assert _on_disk(server, twin) < 64 * 2**20  # told to be up to 40 GB large; it takes a moment only
        rows[times] = twin.explain(statement.replace("count(*)", "id"))["Plan Rows"]
        assert rows[times] == pytest.approx(50_000 * times, rel=0.01)
        with Session(server.url()) as session:
            session.run("CHECKPOINT")  # the server misses no file


def _on_disk(server: EmbeddedServer, twin: Twin) -> int:
    """Return the bytes that the files of a twin really take."""
    with Session(server.url()) as session:
        number = session.value("SELECT oid::int8 FROM pg_database WHERE datname = $1", twin.database)
    return sum(path.stat().st_blocks * 512 for path in (server.folder / "base" / str(number)).iterdir())


def test_more_rows_change_the_plan(twin: Twin, known: Statistics) -> None:
    """What a small table answers by reading all of it needs an index in a large one."""
    statement = "SELECT * FROM people WHERE id = $1"
    twin.resize(grow(known, {"people": 20}, {}))
    assert twin.explain(statement)["Node Type"] == "Seq Scan"
    twin.resize(grow(known, {"people": 2_000_000}, {}))
    assert twin.explain(statement)["Node Type"] == "Index Scan"


def test_a_plan_may_tell_what_each_step_gives(twin: Twin) -> None:
    assert twin.explain("SELECT id FROM people", verbose=True)["Output"] == ["id"]
    assert "Output" not in twin.explain("SELECT id FROM people")


def test_parameter_types_can_be_given(twin: Twin) -> None:
    with pytest.raises(Refused):
        twin.explain("SELECT $1 IS NULL")
    assert twin.explain("SELECT $1 IS NULL", ["uuid"])["Node Type"] == "Result"
    assert twin.explain("SELECT * FROM people WHERE id = $1 LIMIT $2", ["bigint"])["Node Type"] == "Limit"


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 1; DROP TABLE notes",
        "ANALYZE",
        "DROP TABLE notes",
        "EXPLAIN ANALYZE SELECT 1",
        "SELECT 1 WHERE",
        "VACUUM notes",
    ],
)
def test_a_twin_runs_nothing(twin: Twin, statement: str) -> None:
    with pytest.raises(Refused):
        twin.explain(statement)
    assert twin.explain("SELECT id FROM notes")["Plan Rows"] == 50_000


def test_tables_may_be_empty(twin: Twin, known: Statistics) -> None:
    twin.resize(grow(known, {"people": 0, "notes": 0}, {}))
    assert twin.explain("SELECT id FROM people")["Plan Rows"] <= 1


def test_the_database_itself_is_not_touched(server: EmbeddedServer, large: str, known: Statistics) -> None:
    """A twin may be made of a loaded database: the copy is emptied, and dropped in the end."""
    with make_twin(server, large, grow(known, {"notes": 500_000}, {})) as twin:
        assert twin.explain("SELECT id FROM notes")["Plan Rows"] == pytest.approx(500_000, rel=0.01)
    with Session(server.url(large)) as session:
        assert session.value("SELECT count(*) FROM notes") == 50_000
        assert session.value("SELECT count(*) FROM pg_database WHERE datname = $1", twin.database) == 0


def test_nothing_else_is_taken_for_a_twin(server: EmbeddedServer) -> None:
    with pytest.raises(ValueError, match="not a twin"):
        Twin(server, "postgres")


def test_an_index_is_tried_in_the_size_it_would_have(
    server: EmbeddedServer, large: str, empty: str, known: Statistics
) -> None:
    statement, asked = (
        "CREATE INDEX notes_by_state ON notes (state, made DESC)",
        ("SELECT * FROM notes WHERE state = $1 ORDER BY made DESC LIMIT 10"),
    )
    partial = "CREATE INDEX notes_late ON notes (author) WHERE state = 'late'"
    with make_twin(server, empty, known) as twin:
        tried = [each.made[0].index for each in twin.create_indexes((statement, partial))]
        planned = twin.explain(asked)
    with Session(server.url(large)) as session:
        for each in (statement, partial):
            session.run(each)
        built = read_statistics(session).by_name["notes"].indexes
        with Planner(server.url(large)) as planner:
            truth = planner.explain(asked)
        session.run("DROP INDEX notes_by_state; DROP INDEX notes_late")
    assert shape(planned) == shape(truth)
    assert planned["Total Cost"] == pytest.approx(truth["Total Cost"], rel=0.1)
    for index in tried:
        real = next(each for each in built if each.name == index.name)
        assert index.height == real.height
        assert index.pages == pytest.approx(real.pages, rel=0.1)


@pytest.mark.parametrize("statement", ["DROP TABLE notes", "CREATE INDEX ON notes (id); DROP TABLE notes"])
def test_only_an_index_can_be_tried(twin: Twin, statement: str) -> None:
    (tried,) = twin.create_indexes([statement])
    assert not tried.made
    assert "one CREATE INDEX" in tried.refused
    assert twin.explain("SELECT count(*) FROM notes")  # it is still there


ODD_TYPES = """
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE DOMAIN positive AS int CHECK (VALUE > 0);
CREATE TABLE odd (
    m mood, d positive, b bytea, j jsonb, i inet, r int4range, mr int4multirange, g point, iv interval, a int[],
    bits bit(4), money money, n name, c "char", empty text
);
INSERT INTO odd
SELECT (ARRAY['sad', 'happy'])[1 + n % 2]::mood, 1 + n % 7, decode(md5(n::text), 'hex'), jsonb_build_object('a', n % 3),
    ('10.0.0.' || n % 200)::inet, int4range(n % 5, n % 5 + 3), int4multirange(int4range(n % 5, n % 5 + 2)), point(n, n),
    n % 9 * interval '1 hour 3.5 sec', ARRAY[n % 4, n % 3], (n % 16)::bit(4), (n % 100)::text::money, 'n' || n % 50, 'c'
FROM generate_series(1, 4000) n;
CREATE INDEX odd_hash ON odd USING hash (b);
CREATE INDEX odd_gin ON odd USING gin (a);
CREATE INDEX odd_gist ON odd USING gist (g);
CREATE INDEX odd_spgist ON odd USING spgist (i);
CREATE INDEX odd_brin ON odd USING brin (d);
CREATE INDEX odd_part ON odd (m, d DESC NULLS LAST) INCLUDE (n) WHERE d > 2;
CREATE INDEX odd_said ON odd ((j ->> 'a'), (d + 1));
CREATE TABLE parted (id bigint, made date NOT NULL, v int, PRIMARY KEY (id, made)) PARTITION BY RANGE (made);
CREATE TABLE parted_1 PARTITION OF parted FOR VALUES FROM ('2025-01-01') TO ('2025-06-01');
CREATE TABLE parted_2 PARTITION OF parted FOR VALUES FROM ('2025-06-01') TO ('2026-01-01');
INSERT INTO parted SELECT n, date '2025-01-01' + n % 360, n % 10 FROM generate_series(1, 9000) n;
CREATE MATERIALIZED VIEW counts AS SELECT v, count(*) AS times FROM parted GROUP BY v;
CREATE TABLE nothing ();
VACUUM ANALYZE;
ANALYZE parted
"""
OF_ODD_TYPES = (
    "SELECT * FROM odd WHERE b = $1",
    "SELECT * FROM odd WHERE a @> ARRAY[2]",
    "SELECT * FROM odd WHERE g <@ box '(0,0),(10,10)'",
    "SELECT * FROM odd WHERE i << '10.0.0.0/28'",
    "SELECT * FROM odd WHERE d = 3 AND m = 'sad'",
    "SELECT * FROM odd WHERE j ->> 'a' = '1'",
    "SELECT * FROM odd WHERE r && int4range(1, 2) AND mr && int4range(3, 9)",
    "SELECT iv, money, bits, count(*) FROM odd GROUP BY 1, 2, 3",
    "SELECT * FROM parted WHERE made = $1",
    "SELECT * FROM parted WHERE id = $1",
    "SELECT * FROM counts WHERE v = 3",
    "SELECT * FROM nothing",
    "MERGE INTO odd USING counts ON counts.v = odd.d WHEN MATCHED THEN DELETE",
)


def test_all_types_indexes_and_kinds_of_tables(server: EmbeddedServer) -> None:
    name = make_database(server, "twin_odd_truth", ODD_TYPES)
    with Session(server.url(name)) as session:
        known = read_statistics(session)
    with make_twin(server, name, known) as twin:
        with Planner(server.url(name)) as planner:
            for statement in OF_ODD_TYPES:
                truth, planned = planner.explain(statement), twin.explain(statement)
                assert shape(planned) == shape(truth), statement
                assert planned["Plan Rows"] == truth["Plan Rows"], statement
                assert planned["Total Cost"] == pytest.approx(truth["Total Cost"], rel=0.01), statement
        twin.resize(grow(known, {table.name: table.rows * 100 for table in known.tables}, {}))
        assert [twin.explain(statement) for statement in OF_ODD_TYPES]
        twin.create_indexes(["CREATE INDEX parted_v ON parted (v)"])
        assert "parted_1_v_idx" in str(twin.explain("SELECT count(*) FROM parted WHERE v = 3"))


def test_a_role_without_rights_reads_what_it_may(server: EmbeddedServer, large: str, known: Statistics) -> None:
    """Without the extension heights are computed; of a table that may not be read, only the size is known."""
    with Session(server.url(large)) as session:
        session.run("CREATE ROLE twin_reader; GRANT SELECT ON notes TO twin_reader; SET ROLE twin_reader")
        read = read_statistics(session)
        session.run("RESET ROLE; REVOKE ALL ON notes FROM twin_reader; DROP ROLE twin_reader")
    notes, people = read.by_name["notes"], read.by_name["people"]
    assert notes.columns == known.by_name["notes"].columns
    assert [index.height for index in notes.indexes] == [index.height for index in known.by_name["notes"].indexes]
    assert (people.rows, people.columns) == (5000, ())


SCHEMA, TABLE, COLUMN = "o'b\"jé", "select ' \" \\ ü", "k\"'é"
VALUE = "'a \"quoted\", {braced} \\ ''value'''"
HOSTILE = """
CREATE SCHEMA {schema};
CREATE TABLE {table} ({column} bigint PRIMARY KEY, v text COLLATE "C");
CREATE INDEX {column} ON {table} (v, {column});
INSERT INTO {table} SELECT n, CASE WHEN n % 3 = 0 THEN {value} ELSE 'ü ' || n % 40 END FROM generate_series(1, 9000) n;
VACUUM (ANALYZE) {table}
"""


def test_names_and_values_may_be_hostile(server: EmbeddedServer) -> None:
    table = f"{quoted(SCHEMA)}.{quoted(TABLE)}"
    script = HOSTILE.format(schema=quoted(SCHEMA), table=table, column=quoted(COLUMN), value=VALUE)
    name = make_database(server, "hostile \" ' é", script)
    asked = f"SELECT * FROM {table} WHERE v = {VALUE}"
    with Planner(server.url(name)) as planner:
        truth = planner.explain(asked)
    with Session(server.url(name)) as session:
        known = read_statistics(session, SCHEMA)
    with make_twin(server, name, known) as twin:
        planned = twin.explain(asked)
        assert (shape(planned), planned["Plan Rows"]) == (shape(truth), truth["Plan Rows"])
        twin.resize(grow(known, {TABLE: 900_000}, {}))
        assert twin.explain(asked)["Plan Rows"] == pytest.approx(300_000, rel=0.1)
