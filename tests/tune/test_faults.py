"""Servers, roles, names and files as they are in the worst of cases. Real PostgreSQL, real processes."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from urllib.parse import quote

import pytest
from pglast import parse_sql

from backend_architect.cli.app import run
from backend_architect.errors import DatabaseError, Problem
from backend_architect.postgres import EmbeddedServer, Session, start_embedded
from backend_architect.postgres.account import server_account
from backend_architect.postgres.embedded import binary
from backend_architect.tune import Observation, find_all, observe
from backend_architect.tune.reading.files import LARGEST, WorkloadError, read_files
from tests.listening import listening
from tests.soon import soon
from tests.tune.conftest import SETTINGS, NewDatabase

SECRET = "hunter2-%-@"
ACCESS = """
local all all trust
hostnossl all needs_tls 127.0.0.1/32 reject
host all all 127.0.0.1/32 scram-sha-256
"""
TABLES = (
    "CREATE TABLE t (id int PRIMARY KEY, v text);\nINSERT INTO t SELECT i, i::text FROM generate_series(1, 20000) i"
)
OF_THE_SERVER = {"costly-setting", "no-timeout"}
ARCHITECT = [sys.executable, "-c", "import sys; from backend_architect.cli import main; sys.exit(main())"]


@dataclass(frozen=True)
class Guarded:
    """A server that asks for passwords on its TCP port."""

    server: EmbeddedServer
    port: int

    def url(self, user: str, password: str = "", more: str = "") -> str:
        word = f":{quote(password, safe='')}" if password else ""
        return f"postgresql://{user}{word}@127.0.0.1:{self.port}/postgres{more}"


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Guarded]:
    """A server with passwords, and roles that may do little."""
    folder = tmp_path_factory.mktemp("guarded") / "postgres"
    with listening(folder, SETTINGS) as server:
        (folder / "pg_hba.conf").write_text(ACCESS)
        with Session(server.url()) as session:
            session.run(f"CREATE ROLE app LOGIN PASSWORD '{SECRET}'; CREATE ROLE needs_tls LOGIN PASSWORD 'x'")
            session.run("CREATE DATABASE closed STRATEGY file_copy")
            session.run("REVOKE CONNECT ON DATABASE closed FROM PUBLIC")
            session.run("SELECT pg_reload_conf()")
        made = Guarded(server, server.port)
        soon(lambda: _is_refused(made.url("needs_tls", "x", "?sslmode=disable")))  # the server has read its new rules
        yield made


def _is_refused(url: str) -> bool:
    try:
        _read(url)
    except DatabaseError:
        return True
    return False


def _read(url: str) -> Observation:
    return asyncio.run(observe(url))


def _problem(url: str) -> Problem:
    with pytest.raises(DatabaseError) as caught:
        _read(url)
    [problem] = caught.value.problems
    assert problem.fix
    return problem


def _codes(observation: Observation) -> list[str]:
    return [problem.code for problem in observation.problems]


# Getting in


def test_a_wrong_password_is_told_without_the_password(guarded: Guarded, monkeypatch: pytest.MonkeyPatch) -> None:
    problem = _problem(guarded.url("app", "hunter3"))
    assert (problem.code, problem.fix) == ("sign-in-refused", "correct the user and password")
    assert "hunter3" not in str(problem)
    monkeypatch.setenv("PGPASSWORD", "hunter4")
    problem = _problem(guarded.url("app"))
    assert problem.code == "sign-in-refused" and "hunter4" not in str(problem)


def test_the_right_password_may_come_from_the_url_the_environment_or_a_file(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert _read(guarded.url("app", SECRET)).observed.catalog.database == "postgres"
    file = tmp_path / "pgpass"
    file.write_text(f"127.0.0.1:{guarded.port}:*:app:{SECRET}\n")
    file.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(file))
    assert _read(guarded.url("app")).observed.catalog.database == "postgres"


def test_a_server_that_wants_tls_and_one_that_has_none(guarded: Guarded) -> None:
    required = _problem(guarded.url("needs_tls", "x", "?sslmode=disable"))
    assert (required.code, required.fix) == ("tls-required", "add ?sslmode=require to the URL")
    assert _problem(guarded.url("app", SECRET, "?sslmode=require")).code == "tls-failed"
    nowhere = _problem(guarded.url("app", SECRET, "?sslmode=verify-full&sslrootcert=/nowhere/root.pem"))
    assert nowhere.code == "tls-failed" and "/nowhere/root.pem" in nowhere.message


def test_a_server_cannot_be_verified_without_a_root_certificate(
    guarded: Guarded, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    problem = _problem(guarded.url("app", SECRET, "?sslmode=verify-full"))
    assert problem.code == "tls-failed" and "sslrootcert" in problem.fix and SECRET not in str(problem)


def test_a_role_that_may_not_connect_is_told_which_right_it_lacks(guarded: Guarded) -> None:
    problem = _problem(guarded.url("app", SECRET).replace("/postgres", "/closed"))
    assert problem.code == "sign-in-refused" and "GRANT CONNECT" in problem.fix


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hunter2#@127.0.0.1:1/shop",
        "postgresql://me:hun/ter2@127.0.0.1:1/shop",
        "postgresql://me:hun?ter2@127.0.0.1:1/shop",
        "postgresql://me@127.0.0.1:hunter2/shop",
        "postgresql://me:hunter2@127.0.0.1:1/shop?sslmode=hunter2",
        "me:hunter2@127.0.0.1/shop",
        "hunter2",
    ],
)
def test_a_url_that_cannot_be_read_is_not_repeated(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tune", url]) == 1
    told = "".join(capsys.readouterr())
    assert "fix:" in told
    assert "hun" not in told and "ter2" not in told


@contextmanager
def _answering(answer: bytes) -> Iterator[str]:
    """Give the URL of something that answers a greeting with these bytes, as servers do that are not at hand."""

    def serve() -> None:
        caller, _ = listener.accept()
        with caller:
            caller.recv(4096)
            caller.sendall(answer)
            caller.recv(4096)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        Thread(target=serve, daemon=True).start()
        yield f"postgresql://me@127.0.0.1:{listener.getsockname()[1]}/shop?sslmode=disable"


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + (len(body) + 4).to_bytes(4, "big") + body


def test_a_server_that_is_too_old_is_told_what_is_supported() -> None:
    greeting = _message(b"R", bytes(4)) + _message(b"S", b"server_version\x0012.22\0") + _message(b"Z", b"I")
    with _answering(greeting) as url:
        problem = _problem(url)
    assert problem.code == "database-too-old"
    assert "PostgreSQL 12.22" in problem.message and "13 or newer" in problem.fix


def test_a_pooler_that_would_drop_read_only_is_not_gone_through() -> None:
    text = b"SFATAL\0C08P01\0Munsupported startup parameter: default_transaction_read_only\0\0"
    with _answering(_message(b"E", text)) as url:
        problem = _problem(url)
    assert problem.code == "pooler-in-between" and "itself" in problem.fix


# Being let in, and seeing little


def test_a_role_with_no_rights_reads_the_catalog_and_says_what_it_misses(new_database: NewDatabase) -> None:
    url = new_database(f"{TABLES};\nANALYZE t;\nREVOKE SELECT ON pg_sequences FROM PUBLIC")
    with Session(url) as session:
        session.run("DROP ROLE IF EXISTS nobody; CREATE ROLE nobody LOGIN")
    observation = _read(url.replace("postgres@", "nobody@"))
    table = observation.observed.catalog.tables[0]
    assert (table.name, table.readable, table.columns[0].distinct) == ("t", False, None)
    assert _codes(observation) == ["no-pg-stat-statements", "not-visible", "not-visible"]
    told = " ".join(problem.message for problem in observation.problems)
    assert "sequences (permission denied" in told and "may not read t:" in told
    assert {finding.code for finding in find_all(observation.observed)} <= OF_THE_SERVER


def test_a_standby_is_read_and_said_to_be_one(server: EmbeddedServer, tmp_path: Path) -> None:
    with Session(server.url()) as session:
        session.run("CREATE TABLE IF NOT EXISTS on_both (id int)")
    folder = _copied(server, tmp_path / "standby")
    with start_embedded(folder, SETTINGS) as standby:
        observation = _read(standby.url())
        with Session(standby.url()) as session:
            assert session.value("SELECT pg_is_in_recovery()")
    assert observation.observed.catalog.standby
    assert "on_both" in {table.name for table in observation.observed.catalog.tables}
    assert "on-a-standby" in _codes(observation)
    assert not [f for f in find_all(observation.observed) if f.code in {"unused-index", "stale-statistics"}]


def _copied(server: EmbeddedServer, folder: Path) -> Path:
    """Return the data folder of a new standby of the server."""
    account = server_account()
    folder.mkdir(mode=0o700)
    account.give(folder)
    for parent in (folder.parent, *folder.parents):
        parent.chmod(parent.stat().st_mode | 0o001) if account.foreign else None
    where = ["--host", server.socket_folder, "--port", str(server.port), "--username", "postgres"]
    command = [str(binary("pg_basebackup")), "--pgdata", str(folder), "-R", "--checkpoint=fast", "--no-sync", *where]
    options = account.spawn_options()
    subprocess.run(command, check=True, capture_output=True, cwd="/", **options)  # type: ignore[call-overload]
    (folder / ".s.PGSQL.5432.lock").unlink()  # the primary's: its socket is in its data folder
    return folder


# The connection, in the middle


@contextmanager
def _held(url: str, table: str = "pg_sequence") -> Iterator[Session]:
    """Make everybody wait who reads a table of the catalog."""
    with Session(url) as holder:
        holder.run(f"BEGIN; LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        yield holder


def _terminate_readers(admin: Session, times: int) -> None:
    """End a reader's connection while it waits for a lock, so many times."""
    waiting = "application_name = 'backend-architect tune' AND wait_event_type = 'Lock'"
    ended: set[int] = set()

    def enough() -> bool:
        for record in admin.fetch(f"SELECT pid FROM pg_stat_activity WHERE {waiting} AND datname = current_database()"):
            if record["pid"] not in ended:
                admin.value("SELECT pg_terminate_backend($1)", record["pid"])
                ended.add(record["pid"])
        return len(ended) == times

    soon(enough)


def _while_terminated(url: str, times: int) -> Observation:
    async def read() -> Observation:
        reading = asyncio.create_task(observe(url))
        await asyncio.to_thread(_terminate_readers, admin, times)
        if times == 1:
            holder.run("ROLLBACK")
        return await reading

    with Session(url) as admin, _held(url) as holder:
        return asyncio.run(read())


def test_a_connection_that_is_lost_once_is_opened_again(new_database: NewDatabase) -> None:
    observation = _while_terminated(new_database(TABLES), times=1)
    assert _codes(observation) == ["no-pg-stat-statements"]
    assert not observation.observed.catalog.unseen


def test_a_connection_that_is_lost_again_leaves_what_was_read(new_database: NewDatabase) -> None:
    observation = _while_terminated(new_database(TABLES), times=2)
    assert [table.name for table in observation.observed.catalog.tables] == ["t"]
    [problem] = observation.problems
    assert problem.code == "connection-lost"
    assert "sequences, sessions" in problem.message and "tables" not in problem.message


def test_a_lock_that_somebody_holds_is_waited_for_a_second_at_most(new_database: NewDatabase) -> None:
    url = new_database(TABLES)
    with _held(url):
        observation = _read(url)
    given_up = [
        each for each in observation.observed.catalog.unseen if "canceling statement due to lock timeout" in each
    ]
    assert given_up == ["sequences (canceling statement due to lock timeout)"]  # after READ_ONLY's lock_timeout


# Names and tables as nobody expects them

NAMES = [
    'quo"te',
    "Größe 表",
    "select",
    "new\nline",
    "x" * 63,
    "100%",
    "$1",
    "$$",
    "a;b--",
    "ü" * 31,
    "\\'",
    "{0}",
    "\x1b[2J",
]


def test_hostile_names_give_sql_that_runs(new_database: NewDatabase, capsys: pytest.CaptureFixture[str]) -> None:
    url = new_database("SELECT 1")
    with Session(url) as session:
        for name in NAMES:
            session.run(_hostile(name))
        found = find_all(_read(url).observed)
        assert {finding.code for finding in found} >= {"unindexed-foreign-key", "duplicate-index", "no-primary-key"}
        for finding in (each for each in found if each.code not in OF_THE_SERVER):
            for statement in _statements(finding.sql):
                session.run(statement)
        left = {finding.code for finding in find_all(_read(url).observed)}
        assert not left & {"unindexed-foreign-key", "duplicate-index"}
    assert run(["tune", url]) == 0
    assert "\x1b[2J" not in capsys.readouterr().out


def _hostile(name: str) -> str:
    ident = '"' + name.replace('"', '""') + '"'
    return f"""
        CREATE SCHEMA {ident};
        CREATE TABLE {ident}.{ident} ({ident} int PRIMARY KEY, up int REFERENCES {ident}.{ident});
        CREATE TABLE {ident}.bare ({ident} int);
        INSERT INTO {ident}.{ident} SELECT i FROM generate_series(1, 9000) i;
        INSERT INTO {ident}.bare SELECT i FROM generate_series(1, 6000) i;
        ANALYZE {ident}.{ident}, {ident}.bare;
        CREATE INDEX again ON {ident}.bare ({ident});
        CREATE INDEX {ident[:-1][:40]}_twice" ON {ident}.bare ({ident});
    """


def _statements(sql: str) -> list[str]:
    """Return the statements of a finding's SQL, each of them parsed."""
    return [sql[s.stmt_location : s.stmt_location + (s.stmt_len or len(sql))] for s in parse_sql(sql)]


ODD_TABLES = """
CREATE EXTENSION postgres_fdw;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host '127.0.0.1', port '1');
CREATE FOREIGN TABLE far (id int) SERVER elsewhere;
CREATE TABLE parent (id int PRIMARY KEY);
CREATE TABLE child (extra int) INHERITS (parent);
CREATE TABLE events (at date, id int) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01') PARTITION BY HASH (id);
CREATE TABLE events_2025_0 PARTITION OF events_2025 FOR VALUES WITH (MODULUS 2, REMAINDER 0);
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE INDEX ON events (id);
CREATE UNLOGGED TABLE quick (id int PRIMARY KEY);
CREATE MATERIALIZED VIEW seen AS SELECT id FROM parent;
CREATE MATERIALIZED VIEW unseen AS SELECT id FROM parent WITH NO DATA;
CREATE TABLE no_columns ();
CREATE TABLE generated (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, twice int GENERATED ALWAYS AS (3) STORED);
CREATE DOMAIN positive AS int CHECK (value > 0);
CREATE TYPE pair AS (a int, b int);
CREATE TABLE composed (id positive PRIMARY KEY, p pair, ps pair[], r int4range, EXCLUDE USING gist (r WITH &&))
"""


def test_every_kind_of_table_is_read(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(ODD_TABLES)
    with Session(url) as session:
        session.run("CREATE TEMPORARY TABLE mine (id int); INSERT INTO mine SELECT generate_series(1, 6000)")
        observation = _read(url)
    assert observation.observed.catalog.unseen == ()
    assert [f for f in find_all(observation.observed) if f.sql and "mine" in f.sql] == []
    statements = tmp_path / "all.sql"
    statements.write_text(
        "".join(f"SELECT * FROM {name} WHERE id = 1;\n" for name in ("far", "parent", "events", "mine"))
    )
    assert run(["tune", url, "--workload", str(statements)]) == 0


# Workloads that are none


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)


GARBAGE: Mapping[str, Callable[[Path], object]] = {
    "empty": lambda path: path.write_bytes(b""),
    "binary": lambda path: path.write_bytes(bytes(range(256)) * 100),
    "zeros": lambda path: path.write_bytes(b"SELECT 1;\0\0"),
    "huge": _huge,
    "open quote": lambda path: path.write_text("SELECT 'x"),
    "a folder without SQL": lambda path: path.mkdir(),
    "an endless device": lambda path: path.symlink_to("/dev/zero"),
    "nothing there": lambda path: path.symlink_to("/nowhere"),
}


@pytest.mark.parametrize("make", GARBAGE.values(), ids=GARBAGE)
def test_a_workload_that_is_none_is_refused_before_the_database_is_asked(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    make(tmp_path / "garbage")
    with pytest.raises(WorkloadError) as caught:
        read_files(tmp_path / "garbage")
    assert all(problem.fix for problem in caught.value.problems)


def test_a_pipe_is_a_workload_and_one_in_a_folder_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.sql")
    (tmp_path / "a.sql").write_text("SELECT 1")
    assert len(read_files(tmp_path).statements) == 1
    with subprocess.Popen(["/bin/sh", "-c", f"echo 'SELECT 2;' > {tmp_path / 'pipe.sql'}"]):
        assert [each.text for each in read_files(tmp_path / "pipe.sql").statements] == ["SELECT 2"]


# The process


def _environment(**more: str) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if name != "DATABASE_URL"}, **more}


def test_ctrl_c_in_the_middle_ends_in_peace(new_database: NewDatabase) -> None:
    url = new_database(TABLES)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    with Session(url) as admin, _held(url, "pg_depend"):
        with subprocess.Popen(
            [*ARCHITECT, "tune"], stdout=-1, stderr=-1, text=True, env=_environment(DATABASE_URL=url), process_group=0
        ) as process:
            soon(lambda: admin.value(waiting))
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)
        assert (process.returncode, out, err) == (130, "", "\nInterrupted.\n")
        soon(lambda: not admin.value(waiting))


def test_a_reader_who_leaves_early_hears_no_complaint(new_database: NewDatabase) -> None:
    url = new_database("".join(f"CREATE TABLE t{i} (id int);\n" for i in range(3)) + "SELECT 1")
    process = subprocess.Popen([*ARCHITECT, "tune", url, "--json", "--time", "0"], stdout=-1, stderr=-1)
    assert process.stdout and process.stderr
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(60) == 141


def test_the_url_may_stand_in_the_environment(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", new_database(TABLES))
    assert run(["tune", "--json", "--time", "0"]) == 0
    assert json.loads(capsys.readouterr().out)["database"].startswith("tune_")
    assert run(["Our queries are getting slow as we scale"]) == 0
    assert "PostgreSQL 18" in capsys.readouterr().out
