"""`architect tune` from outside."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from backend_architect.cli.app import run
from backend_architect.postgres import Session, start_embedded

SCHEMA = Path(__file__).parents[2] / "docs/reference/tune.schema.json"
SHOP = """
CREATE TABLE users (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY, user_id bigint REFERENCES users, status text);
INSERT INTO users SELECT generate_series(1, 100);
INSERT INTO orders SELECT i, 1 + i % 100, 'open' FROM generate_series(1, 6000) i;
CREATE INDEX again ON orders (id);
ANALYZE users, orders;
"""
SETTINGS = {"autovacuum_naptime": "1h"}  # what is found stays the same from one run to the next


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A shop in which two things are wrong."""
    with (
        tempfile.TemporaryDirectory(prefix="architect-tests-") as folder,
        start_embedded(Path(folder) / "data", SETTINGS) as server,
    ):
        with Session(server.url()) as session:
            session.run(SHOP)
            session.run("SELECT pg_stat_force_next_flush()")
        yield server.url()


def test_findings_are_told_with_their_fix(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tune", url]) == 0
    told = capsys.readouterr().out
    assert "CREATE INDEX CONCURRENTLY ON orders (user_id);" in told
    assert "DROP INDEX CONCURRENTLY IF EXISTS again;" in told
    assert "no-pg-stat-statements" in told


def test_a_sentence_does_the_same(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["Our queries are getting slow as we scale", "--db", url]) == 0
    assert "unindexed-foreign-key" in capsys.readouterr().out


def test_findings_as_data_can_be_accepted(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tune", url, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(told)
    keys = [finding["key"] for finding in told["findings"]]
    assert "duplicate-index:again" in keys
    baseline = tmp_path / "accepted.yaml"
    baseline.write_text("accepted:\n" + "".join(f"  {json.dumps(key)}: known\n" for key in keys))
    assert run(["tune", url, "--baseline", str(baseline), "--fail-on", "low"]) == 0
    read = capsys.readouterr()
    assert f"nothing found, {len(keys)} accepted" in read.out
    assert "accepted-not-found" not in read.out + read.err
    baseline.write_text(baseline.read_text() + "  unused-index:long_gone: the yearly report reads it\n")
    assert run(["tune", url, "--baseline", str(baseline), "--fail-on", "low"]) == 0
    read = capsys.readouterr()
    assert "accepted, and not found now: unused-index:long_gone" in read.out + read.err


def test_findings_fail_a_pipeline_from_a_severity_on(url: str) -> None:
    assert run(["tune", url, "--fail-on", "medium"]) == 1
    assert run(["tune", url, "--fail-on", "high"]) == 0


def test_sarif_and_markdown(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tune", url, "--format", "sarif"]) == 0
    sarif = json.loads(capsys.readouterr().out)
    assert sarif["runs"][0]["results"][0]["partialFingerprints"]
    assert run(["tune", url, "--format", "markdown"]) == 0
    assert "```sql\nDROP INDEX CONCURRENTLY IF EXISTS again;\n```" in capsys.readouterr().out


def test_the_page_is_written_over_the_last_one(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "reports" / "page.html"
    for _ in range(2):
        assert run(["tune", url, "--html", str(page)]) == 0
        assert f"The page: {page}" in capsys.readouterr().out
    assert "duplicate-index" in page.read_text()


def test_a_page_that_cannot_be_written_is_told_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").touch()
    assert run(["tune", "postgresql://127.0.0.1:1/none", "--html", str(tmp_path / "file" / "page.html")]) == 1
    assert "cannot be written" in capsys.readouterr().err


def test_a_failure_is_data_too(capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["--json"], ["--format", "json"], ["--format=json"]):
        assert run(["tune", "postgresql://me:hunter2@127.0.0.1:1/shop", *words]) == 1
        told = json.loads(capsys.readouterr().out)
        Draft202012Validator(json.loads(SCHEMA.read_text())).validate(told)
        assert [problem["code"] for problem in told["problems"]] == ["database-down"]


def test_a_baseline_without_reasons_is_refused(url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = tmp_path / "accepted.yaml"
    baseline.write_text("accepted:\n  duplicate-index:again:\n")
    assert run(["tune", url, "--baseline", str(baseline)]) == 1
    assert "no-reason" in capsys.readouterr().err


def test_a_wrong_password_is_not_repeated(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tune", "postgresql://me:hunter2@127.0.0.1:1/shop"]) == 1
    assert "hunter2" not in capsys.readouterr().err


@pytest.mark.parametrize("at", ["fast", "0x", "1x", "-10x", "1e3x", "20000x"])
def test_a_growth_that_is_none_is_refused_before_anything_is_read(at: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tune", "postgresql://127.0.0.1:1/none", f"--at={at}"]) == 1
    told = capsys.readouterr().err
    assert "not-a-growth" in told and "10x, 100x or 1000x" in told


def test_what_turns_bad_on_larger_tables_is_told_in_every_form(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    queries, page = tmp_path / "queries.sql", tmp_path / "page.html"
    queries.write_text("SELECT * FROM orders WHERE user_id = $1;\nSELECT * FROM orders WHERE id = $1;\n")
    asked = ["tune", url, "--workload", str(queries), "--time", "0s", "--at", "100x"]
    assert run([*asked, "--html", str(page)]) == 0
    assert "At 100x data, 1 statement stops scaling; 1 scale" in capsys.readouterr().out
    assert 'id="growth"' in page.read_text()
    assert run([*asked, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(told)
    (bad,) = told["growth"]["turning"]
    assert bad["text"] == "SELECT * FROM orders WHERE user_id = $1" and 1 < bad["times"] <= 100


def test_options_stand_below_what_they_are_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["tune", "--help"]) == 0
    _, _, told = capsys.readouterr().out.partition("Workload:")
    titles = [line.rstrip(":") for line in told.splitlines() if line.endswith(":") and not line.startswith(" ")]
    assert titles == ["Analysis", "Output", "Changes and measurement", "Options"]
    assert "--at 100x" in told.partition("Output:")[0]
