"""Advised indexes are looked at again: what was used stays, what never was is proposed to be dropped, and why not."""

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from backend_architect.cli.app import run
from backend_architect.errors import DatabaseError
from backend_architect.postgres import Session
from backend_architect.report.revisited import looked_data, looked_lines
from backend_architect.tune.revisiting import (
    RevisitResult,
    UsageVerdict,
    look_again,
    read_revisit,
    revisit_of,
    revisit_sql,
    revisit_text,
)
from tests.docs.pages import ROOT
from tests.tune.conftest import NewDatabase
from tests.tune.migrating import advice, index, recommended
from tests.tune.test_growth import Plain

SCHEMA = json.loads((ROOT / "docs/reference/revisit.schema.json").read_text())
TODAY = date(2026, 5, 1)
ROWS = """CREATE TABLE a (x int, y int, z text);
CREATE TABLE p (at date, k int) PARTITION BY RANGE (at);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
INSERT INTO a SELECT n, n, n FROM generate_series(1, 5000) n;
INSERT INTO p SELECT '2024-01-01'::date + n % 300, n FROM generate_series(1, 5000) n"""
USED, UNUSED, PARTS = index("a", "x"), index("a", "y"), index("p", "k")
RENAMED, NOT_BUILT = index("a", "y", "x"), index("a", "z", predicate="x > 5")
INVALID = index("a", "z")
ADVISED = advice(*map(recommended, (USED, UNUSED, PARTS, RENAMED, NOT_BUILT, INVALID)))


@pytest.fixture
def url(new_database: NewDatabase) -> str:
    """A database in which some of the advised indexes were built, and one used."""
    url = new_database(ROWS)
    with Session(url) as session:
        for each in (USED, UNUSED, PARTS, INVALID):
            session.run(each.definition(each.name))
        session.run("CREATE INDEX shop_a_x_1234_idx ON a (y, x)")
        session.run(f"UPDATE pg_index SET indisvalid = false WHERE indexrelid = '{INVALID.name}'::regclass")
        session.run("ANALYZE; SET enable_seqscan = off; SET enable_bitmapscan = off")
        session.fetch("SELECT FROM a WHERE x = 7")
        session.fetch("SELECT FROM p WHERE k = 7")
        session.run("SELECT pg_stat_force_next_flush()")
    return url


def test_what_nothing_used_is_proposed_to_be_dropped(url: str, tmp_path: Path) -> None:
    database = url.partition("?")[0].rpartition("/")[2]
    file = tmp_path / "indexes.json"
    file.write_text(revisit_text(revisit_of(ADVISED, database, TODAY)))
    kept = read_revisit(file)
    assert kept.due == date(2026, 5, 31) and kept.made == TODAY
    looked = look_again(kept, [url], TODAY + timedelta(days=40))
    told = {each.index.name: (each.verdict, each.name) for each in looked.usages}
    assert told == {
        USED.name: (UsageVerdict.USED, USED.name),
        UNUSED.name: (UsageVerdict.UNUSED, UNUSED.name),
        PARTS.name: (UsageVerdict.USED, PARTS.name),  # by the index of its partition
        RENAMED.name: (UsageVerdict.UNUSED, "shop_a_x_1234_idx"),  # as a framework named it
        NOT_BUILT.name: (UsageVerdict.NOT_BUILT, ""),
        INVALID.name: (UsageVerdict.INVALID, INVALID.name),
    }
    drops = [each.drop for each in looked.usages if each.drop]
    assert "DROP INDEX CONCURRENTLY IF EXISTS public.shop_a_x_1234_idx;" in drops and len(drops) == 3
    assert not any(USED.name in drop for drop in drops)
    with Session(url) as session:
        rows = {each["indexrelname"]: each["idx_scan"] for each in session.fetch(revisit_sql(kept))}
        assert rows[USED.name] == 1 and rows[UNUSED.name] == 0
        session.run("SELECT pg_stat_reset()")
    early = look_again(kept, [url], TODAY + timedelta(days=40))
    assert {each.verdict for each in early.usages} == {
        UsageVerdict.TOO_EARLY,
        UsageVerdict.NOT_BUILT,
        UsageVerdict.INVALID,
    }
    assert any("were reset 0.0 days ago: nothing before is known" in note for note in early.notes)
    assert any("was to be looked at on 2026-05-31" in note for note in look_again(kept, [url], TODAY).notes)
    Draft202012Validator(SCHEMA).validate(looked_data(kept, looked))
    with pytest.raises(DatabaseError, match="this is postgres"):
        look_again(kept, [url.replace(f"/{database}?", "/postgres?")], TODAY)

    lines = "\n".join(looked_lines(kept, RevisitResult(looked.usages, unseen=2), Plain()))
    assert "2 standbys were not looked at, whose reads count there: give their URLs too" in lines
    assert "Nothing used these here since:\nDROP INDEX" in lines


def test_the_command_writes_and_looks(
    new_database: NewDatabase, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    url = new_database("CREATE TABLE many (id int, k int);\n"
                       "INSERT INTO many SELECT n, n % 5000 FROM generate_series(1, 50000) n;\nANALYZE")  # fmt: skip
    (tmp_path / "w.sql").write_text("SELECT id FROM many WHERE k = $1;")
    assert run(["tune", url, "--workload", "w.sql", "--time", "20s", "--revisit", "indexes.json"]) == 0
    assert "indexes.json and indexes.sql hold 1 indexes" in capsys.readouterr().out
    assert "('public', 'many_k" in (tmp_path / "indexes.sql").read_text()
    assert run(["tune", "revisit", "indexes.json", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    Draft202012Validator(SCHEMA).validate(told)
    assert [each["verdict"] for each in told["indexes"]] == ["not built"]
    assert run(["tune", "revisit", "indexes.json"]) == 1
    assert "no-url" in capsys.readouterr().err
    assert run(["tune", "revisit", "w.sql", url]) == 1
    assert "no-revisit" in capsys.readouterr().err
