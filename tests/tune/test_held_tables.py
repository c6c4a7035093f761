"""A table that another session holds for itself hides nothing but itself, and a verdict needs tables to judge."""

import asyncio
import json
from pathlib import Path

import pytest

from backend_architect.cli.app import run
from backend_architect.postgres import Session
from backend_architect.tune import observe
from tests.tune.conftest import NewDatabase

ROWS = """
CREATE TABLE parcels (id serial PRIMARY KEY, kind text, made date, gone timestamptz);
INSERT INTO parcels (kind, made) SELECT 'k' || i % 9, '2026-01-01'::date + i % 90 FROM generate_series(1, 9000) i;
CREATE INDEX parcels_kind ON parcels (lower(kind)) WHERE gone IS NULL;
CREATE TABLE letters (id serial PRIMARY KEY, sender int, parcel int REFERENCES parcels, note text);
INSERT INTO letters (sender, note) SELECT i % 900, 'n' || i FROM generate_series(1, 40000) i;
VACUUM ANALYZE
"""
WORKLOAD = """
-- weight: 500
SELECT note FROM letters WHERE sender = 7;
-- weight: 5
SELECT count(*) FROM parcels WHERE made = '2026-02-02';
"""


def _tune(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, object]]:
    (tmp_path / "workload.sql").write_text(WORKLOAD)
    status = run(["tune", url, "--workload", str(tmp_path / "workload.sql"), "--time", "20s", "--json"])
    told: dict[str, object] = json.loads(capsys.readouterr().out)
    return status, told


def test_one_held_table_is_named_and_the_others_are_tuned(
    new_database: NewDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(ROWS)
    with Session(url) as holder:
        holder.run("BEGIN; LOCK TABLE parcels IN ACCESS EXCLUSIVE MODE")
        status, told = _tune(url, tmp_path, capsys)
        catalog = asyncio.run(observe(url)).observed.catalog
        holder.run("ROLLBACK")
    assert status == 0
    (problem,) = [each for each in told["problems"] if each["code"] == "held-by-another"]  # type: ignore[attr-defined]
    assert "holds parcels for itself" in problem["message"]
    advice = told["advice"]
    assert [each["sql"] for each in advice["indexes"] if each["table"] == "letters"] == [  # type: ignore[index]
        "CREATE INDEX CONCURRENTLY letters_sender_idx ON letters (sender);"
    ]
    assert {table.name: (table.held, table.bytes > 8192) for table in catalog.tables} == {
        "letters": (False, True),
        "parcels": (True, True),
    }


def test_without_its_tables_a_database_gets_no_verdict(
    new_database: NewDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = new_database(ROWS)
    with Session(url) as holder:
        holder.run("BEGIN; LOCK TABLE pg_inherits IN ACCESS EXCLUSIVE MODE")
        status, told = _tune(url, tmp_path, capsys)
    assert (status, told["advice"]) == (1, None)
    held = [each["message"] for each in told["problems"] if each["code"] == "held-by-another"]  # type: ignore[attr-defined]
    assert any("for which tables" in message for message in held)
