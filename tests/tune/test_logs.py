"""Workloads from logs. The samples in tests/cases/tune_logs are what a PostgreSQL 18 wrote for the same statements."""

import asyncio
import gzip
import shutil
from dataclasses import replace
from itertools import chain, cycle, islice, repeat
from pathlib import Path

import pytest

from backend_architect.finding import Sureness
from backend_architect.tune import Observed, Workload, find_all, observe
from backend_architect.tune.reading.any_files import TWICE, UNKNOWN, read_workload
from backend_architect.tune.reading.files import WorkloadError
from backend_architect.tune.reading.logs.collect import CUT, GARBAGE, OTHER_DATABASE, UNKNOWN_PLAN, Collected
from backend_architect.tune.reading.logs.csv_log import csv_entries
from backend_architect.tune.reading.logs.kinds import READERS, kind_of_log
from backend_architect.tune.reading.logs.runs import runs_of
from backend_architect.tune.reading.logs.text_log import text_entries
from tests.tune.catalog import CATALOG
from tests.tune.conftest import NewDatabase

LOGS = Path(__file__).parents[1] / "cases" / "tune_logs"
FORMS = ("postgresql.log", "postgresql.csv", "postgresql.json", "rds-text-plans.log")


def _by_name(workload: Workload) -> dict[str, float]:
    return {statement.name or statement.text.split(" WHERE")[0]: statement.calls for statement in workload.statements}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_log_tells_the_same(form: str) -> None:
    workload = read_workload(LOGS / form, "postgres")
    calls = _by_name(workload)
    assert (calls["orders.newest"], calls["users.read"], calls["UPDATE users SET name = $1"]) == (3.0, 21.0, 3.0)
    assert calls["SELECT count(*) FROM orders"] == 2.0, "other constants, the same statement"
    by_note = next(each for each in workload.statements if "note = $1" in each.text)
    assert [dict(each)["$1"] for each in by_note.examples] == ["it's", "a\nb", None]
    update = next(each for each in workload.statements if each.text.startswith("UPDATE"))
    assert update.examples == ({"$1": 'it\'s, "odd"\nline two', "$2": "5"},)
    tagged = next(each for each in workload.statements if each.tags)
    assert (dict(tagged.tags), tagged.source) == ({"controller": "users", "route": "/users"}, "/users users")
    assert list(workload.left_out.values()) == [1, 3], "what a driver asks; two CREATE TABLE and ANALYZE"


@pytest.mark.parametrize("form", FORMS)
def test_the_order_within_a_session_is_kept(form: str) -> None:
    workload = read_workload(LOGS / form)
    names = {statement.id: statement.name for statement in workload.statements}
    found = [(names[run.before], names[run.statement], run.times, run.calls) for run in workload.runs]
    assert found[0] == ("orders.newest", "users.read", 3, 21)
    assert workload.runs[0].length == 7.0


@pytest.mark.parametrize("form", FORMS)
def test_one_lookup_a_row_is_certain_where_a_log_tells_the_order(form: str) -> None:
    workload = read_workload(LOGS / form)
    (found,) = [each for each in find_all(Observed(CATALOG, workload)) if each.code == "n-plus-one"]
    assert (found.subject, found.sureness) == ("users.read", Sureness.CERTAIN)
    assert "calls of the lookup in a row 7" in map(str, found.evidence)
    twin = replace(workload, runs=tuple(replace(run, times=1) for run in workload.runs))
    assert not [each for each in find_all(Observed(CATALOG, twin)) if each.code == "n-plus-one"]


@pytest.mark.parametrize("form", FORMS[:3])
def test_plans_in_json_come_with_estimated_and_actual_rows(form: str) -> None:
    workload = read_workload(LOGS / form)
    newest = next(each for each in workload.statements if each.name == "orders.newest")
    assert (newest.calls, newest.rows) == (3.0, 21.0)
    (child,) = newest.plans[0]["Plan"]["Plans"]
    assert (child["Index Name"], child["Plan Rows"], child["Actual Rows"]) == ("orders_pkey", 2000, 7.0)


def test_a_folder_of_rotated_and_packed_logs_and_sql_is_read_and_the_rest_is_counted(tmp_path: Path) -> None:
    for form in FORMS[:3]:
        shutil.copy(LOGS / form, tmp_path / form)
    (tmp_path / "postgresql.log.1.gz").write_bytes(gzip.compress((LOGS / FORMS[3]).read_bytes()))
    (tmp_path / "more.sql").write_text("SELECT 1 FROM users;\n" * 50)
    (tmp_path / "notes.txt").write_text("remember the milk\n")
    (tmp_path / "counted.csv").write_text('query,calls,total_exec_time,rows\n"SELECT $1 FROM orders",7,70.5,7\n,x,,\n')
    workload = read_workload(tmp_path)
    calls = _by_name(workload)
    assert (calls["users.read"], calls["SELECT 1 FROM users"], calls["SELECT $1 FROM orders"]) == (42.0, 50.0, 7.0)
    assert (workload.left_out[TWICE], workload.left_out[UNKNOWN]) == (2, 1)
    assert workload.left_out["rows without a query or a number of calls"] == 1


def test_a_packed_log_that_ends_too_early_is_an_error_that_says_so(tmp_path: Path) -> None:
    whole = gzip.compress((LOGS / FORMS[0]).read_bytes())
    (tmp_path / "cut.log.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(WorkloadError, match="ended before"):
        read_workload(tmp_path / "cut.log.gz")


def test_logs_of_another_database_only_say_so() -> None:
    with pytest.raises(WorkloadError, match=f"left out: .*{OTHER_DATABASE}") as raised:
        read_workload(LOGS, "shop")
    assert "this one is shop" in raised.value.problems[0].fix


def _collect(*lines: str, database: str = "") -> Workload:
    collected = Collected(database)
    for entry in text_entries(f"{line}\n" for line in lines):
        collected.add(entry)
    return collected.workload("here")


def test_lines_that_belong_to_nothing_and_other_databases_are_counted() -> None:
    head = "2026-01-01 10:00:00.000 UTC [{}] app@{} LOG:  duration: 5.5 ms  "
    workload = _collect(
        "rubbish",
        head.format(7, "shop") + "statement: SELECT a FROM t",
        "2026-01-01 10:00:00,100 INFO: another program's line",
        head.format(7, "other") + "statement: SELECT b FROM t",
        head.format(7, "shop") + "plan:",
        '\t{"Query Text": "SELECT cut',
        head.format(7, "shop") + "execute S_1: SELECT a FROM",
        head.format(7, "shop") + "statement: SELECT a FROM t",
        "that goes on without a tab, and is no SQL",
        database="shop",
    )
    assert [(each.text, each.calls, each.total_ms) for each in workload.statements] == [("SELECT a FROM t", 1.0, 5.5)]
    assert {name: workload.left_out[name] for name in (GARBAGE, CUT, OTHER_DATABASE, UNKNOWN_PLAN)} == {
        GARBAGE: 2,
        CUT: 1,
        OTHER_DATABASE: 1,
        UNKNOWN_PLAN: 1,
    }
    assert sum(workload.left_out.values()) == 6, "and the statement that is cut off"


@pytest.mark.parametrize(
    "prefix", ["", "%s:", "10:00:01 [12] ", "<2026-01-01 10:00:00 UTC>db=shop,pid=99 ", "5f3a1b2c.4d: "]
)
def test_a_statement_logged_as_it_begins_gets_its_duration_later(prefix: str) -> None:
    workload = _collect(
        f"{prefix}LOG:  statement: SELECT a FROM t WHERE b = 'LOG:  duration: 3 ms'",
        f"{prefix}LOG:  duration: 12.5 ms",
        f"{prefix}LOG:  execute <unnamed>: SELECT a FROM t WHERE b = $1",
        f"{prefix}DETAIL:  parameters: $1 = 'x'",
        f"{prefix}LOG:  statement: COMMIT",
    )
    (statement,) = workload.statements
    assert (statement.calls, statement.total_ms) == (2.0, 12.5)
    assert statement.examples == ({"$1": "LOG:  duration: 3 ms"}, {"$1": "x"})


def test_a_log_of_slow_statements_only_says_that_quick_ones_are_missing() -> None:
    workload = _collect(*repeat("LOG:  duration: 250.1 ms  statement: SELECT a FROM t", 300))
    assert workload.notes == ("no call quicker than 250 ms was logged: quick statements that run often are missing",)


def test_a_quote_in_a_csvlog_that_never_ends_does_not_end_the_reading() -> None:
    rows = (LOGS / "postgresql.csv").read_text().splitlines(keepends=True)
    entries = list(csv_entries(chain(rows[:20], ['"never'])))
    assert sum(entry is not None for entry in entries) > 5
    assert entries[-1] is None


@pytest.mark.parametrize(
    ("statements", "runs"),
    [
        ("abbbb", [("a", "b", 4)]),
        ("abcbcbcd", [("a", "b", 3), ("a", "c", 3)]),
        ("abcd", []),
        ("abbabbb", [("a", "b", 2), ("a", "b", 3)]),
        ("", []),
    ],
)
def test_loops_of_one_or_several_statements_are_seen(statements: str, runs: list[tuple[str, str, int]]) -> None:
    assert list(runs_of(statements)) == runs


@pytest.mark.parametrize("form", FORMS)
def test_a_log_without_an_end_is_read_as_it_comes(form: str) -> None:
    lines = (LOGS / form).read_text().splitlines(keepends=True)
    kind = kind_of_log(lines)
    assert kind is not None
    endless = READERS[kind](cycle(lines))
    assert sum(entry is not None for entry in islice(endless, 2_000)) == 2_000


def test_a_lookup_in_a_row_without_a_key_from_the_list_is_another_page(new_database: NewDatabase) -> None:
    url = new_database(
        "CREATE TABLE labels (id int PRIMARY KEY, name text);\nCREATE TABLE accounts (id int PRIMARY KEY, mail text);\n"
        "CREATE TABLE uses (id int PRIMARY KEY, label_id int REFERENCES labels)"
    )
    catalog = asyncio.run(observe(url)).observed.catalog
    head = "2026-01-01 10:00:0{n} UTC [7] LOG:  duration: 0.2 ms  statement: "
    listed, own = "SELECT id, name FROM labels ORDER BY name LIMIT 30", "SELECT name FROM labels WHERE id = {n}"
    signed_in, of_list = "SELECT mail FROM accounts WHERE id = {n}", "SELECT label_id FROM uses WHERE label_id = {n}"
    pages = [[listed, *[text.format(n=n) for n in range(3) for text in (signed_in, own)]] for _ in range(4)]
    loops = [[listed, *[of_list.format(n=n) for n in range(5)]] for _ in range(4)]
    workload = _collect(*(f"{head.format(n=1)}{text}" for page in [*pages, *loops] for text in page))
    found = [each for each in find_all(Observed(catalog, workload)) if each.code == "n-plus-one"]
    assert [each.subject for each in found] == ["SELECT label_id FROM uses WHERE label_id = $1"]
