"""`architect tune plans` from outside: a contract is the same at every run, and a flip fails with its place and why."""

import json
import shutil
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from backend_architect.cli.app import run
from backend_architect.postgres import EmbeddedServer, Session
from tests.docs.pages import ROOT

SCHEMA = json.loads((ROOT / "docs/reference/plans.schema.json").read_text())
FIRST = """-- migrate:up
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TYPE state AS ENUM ('open', 'paid');
CREATE TABLE customers (id bigint PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint NOT NULL REFERENCES customers, state state NOT NULL);
CREATE TABLE countries (code text PRIMARY KEY, name text NOT NULL);
GRANT SELECT ON orders TO nobody_here;
-- migrate:down
DROP TABLE orders;
"""
SECOND = "\\restrict x\nCREATE INDEX CONCURRENTLY orders_customer_id_idx ON orders (customer_id);\n"
QUERIES = """-- name: OrdersOfCustomer :many
SELECT id FROM orders
WHERE customer_id = $1;

SELECT /* countries.by_name */ code FROM countries WHERE name = $1;
SELECT /* orders.by_state */ id FROM orders WHERE state = $1 LIMIT 20;
SELECT /* broken */ x FROM nowhere;
"""
Out = pytest.CaptureFixture[str]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with migrations and statements, in which the command runs."""
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations/1.sql").write_text(FIRST)
    (tmp_path / "migrations/2.sql").write_text(SECOND)
    (tmp_path / "migrations/2.down.sql").write_text("DROP INDEX orders_customer_id_idx;")
    (tmp_path / "queries.sql").write_text(QUERIES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path


def plans(*words: str) -> int:
    return run(["tune", "plans", "--workload", "queries.sql", *words])


def test_a_contract_is_kept_and_a_flip_fails(project: Path, capsys: Out) -> None:
    from_files = ("--schema", "migrations", "--rows", "20k,countries=200")
    assert plans(*from_files, "--save", "plans.json") == 0
    assert "holds the plans of 4 statements; without one: broken" in capsys.readouterr().out
    kept = (project / "plans.json").read_text()
    told = json.loads(kept)
    assert told["rows"] == {"countries": 200, "customers": 20000, "orders": 20000}
    assert told["statements"]["OrdersOfCustomer"]["plans"] == {
        "1x, 10x, 100x": ["Index Scan on orders using orders_customer_id_idx"]
    }
    assert told["statements"]["countries.by_name"]["plans"] == {"1x, 10x, 100x": ["Seq Scan on countries"]}
    assert plans("--schema", "migrations", "--check", "plans.json") == 0  # the rows are those of the contract
    assert "0 of 4 plans flipped" in capsys.readouterr().out
    shutil.move(project / "plans.json", project / "first.json")
    assert plans(*from_files, "--save", "plans.json") == 0
    assert (project / "plans.json").read_text() == kept
    capsys.readouterr()

    (project / "migrations/2.sql").write_text("CREATE INDEX by_name ON countries (name) WHERE false;")
    (project / "queries.sql").write_text(
        QUERIES.replace("\nSELECT /* broken", "\n\nSELECT /* orders.new */ 1 FROM orders;\n--")
    )
    assert plans("--schema", "migrations", "--check", "plans.json") == 1
    out = capsys.readouterr().out
    why = "the index orders_customer_id_idx is gone; orders is read whole now"
    assert f"queries.sql:2: plan-flip: OrdersOfCustomer at 1x: {why}" in out
    assert "\n  - Index Scan on orders using orders_customer_id_idx\n  + Seq Scan on orders\n" in out
    assert "not in the contract: orders.new" in out and "in the contract alone: broken" in out
    assert "1 of 3 plans flipped" in out
    assert plans("--schema", "migrations", "--check", "plans.json", "--json") == 1
    data = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA).validate(data)
    assert [(each["name"], each["file"], each["line"]) for each in data["flips"]] == [
        ("OrdersOfCustomer", "queries.sql", 2)
    ]
    assert plans("--schema", "migrations", "--check", "plans.json", "--format", "sarif") == 1
    [result] = json.loads(capsys.readouterr().out)["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "queries.sql"}, "region": {"startLine": 2}}


def test_a_plan_of_a_running_database_flips_as_its_tables_grow(
    project: Path, capsys: Out, server: EmbeddedServer
) -> None:
    with Session(server.url()) as admin:
        admin.run("CREATE DATABASE plans_of")
    try:
        with Session(server.url("plans_of")) as session:
            session.run(FIRST.partition("CREATE TYPE")[1] + FIRST.partition("CREATE TYPE")[2].partition("GRANT")[0])
            session.run(
                "INSERT INTO countries SELECT n, n FROM generate_series(1, 5) n; CREATE INDEX of ON countries (name)"
            )
            session.run("ANALYZE")
        assert plans(server.url("plans_of"), "--save", "live.json", "--json") == 0
        Draft202012Validator(SCHEMA).validate(json.loads(capsys.readouterr().out))
        with Session(server.url("plans_of")) as session:
            session.run("INSERT INTO countries SELECT n, n FROM generate_series(6, 9000) n; ANALYZE")
        assert plans(server.url("plans_of"), "--check", "live.json") == 1
        out = capsys.readouterr().out
        assert (
            "countries.by_name at 1x: countries has 9,000 rows instead of 5; countries is no longer read whole" in out
        )
    finally:
        with Session(server.url()) as admin:
            admin.run("DROP DATABASE plans_of WITH (FORCE)")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--schema", "migrations"), "save-or-check"),
        (("--save", "x.json"), "url-or-schema"),
        (("--schema", "migrations", "--check", "queries.sql"), "no-contract"),
        (("--schema", "migrations", "--rows", "many", "--save", "x.json"), "not-rows"),
        (("--schema", "empty", "--save", "x.json"), "no-schema-files"),
        (("--schema", "broken.sql", "--save", "x.json"), "broken.sql:3:1: schema-not-loaded"),
        (("--schema", "rows.sql", "--save", "x.json"), "rows.sql:2:1: schema-not-loaded"),
        (("--schema", "bytes.sql", "--save", "x.json"), "schema-not-loaded"),
    ],
)
def test_what_is_wrong_is_told(project: Path, capsys: Out, words: tuple[str, ...], code: str) -> None:
    (project / "empty").mkdir()
    (project / "broken.sql").write_text("CREATE TABLE a (id int);\n\nCREATE TABLE b (x nosuchtype);\n")
    (project / "rows.sql").write_text("CREATE TABLE a (id int);\nCOPY a (id) FROM stdin;\n1\n\\.\n")
    (project / "bytes.sql").write_bytes(b"\xff\x00\xfe")
    assert plans(*words) == 1
    assert code in capsys.readouterr().err
