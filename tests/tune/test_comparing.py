"""Before and after: the truth about an index that helps, one that is used for nothing, and one that nobody reads."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from backend_architect.cli.output import TerminalPaint
from backend_architect.postgres import Session
from backend_architect.report.comparing import comparison_lines, comparison_markdown
from backend_architect.tune import Statement
from backend_architect.tune.comparing import (
    ChangeVerdict,
    CountedIndex,
    Snapshot,
    SnapshotError,
    StatementChange,
    WorkloadComparison,
    compare,
)
from backend_architect.tune.comparing.session import read_counts, store_snapshot
from backend_architect.tune.comparing.stored import read_snapshot
from backend_architect.tune.indexes.model import Advice, StatementCost
from backend_architect.tune.migration import ApplyRun, apply_migration, compare_with, measure, plan_migration
from backend_architect.tune.migration.measure import served_by
from backend_architect.tune.reading.usable_statements import identity
from tests.tune.conftest import NewDatabase
from tests.tune.migrating import catalog_of, index, recommended

TABLE = """
CREATE EXTENSION pg_stat_statements;
CREATE TABLE t (a int, b int, c int, d text);
INSERT INTO t SELECT i, i % 7, 1, repeat('x', 200) FROM generate_series(1, 8000) i;
ANALYZE t
""".strip()
BY_A, BY_C = "SELECT /* t.by_a */ d FROM t WHERE a = $1", "SELECT /* t.by_c */ count(d) FROM t WHERE c = $1"


def _load(url: str, times: int = 25) -> None:
    with Session(url) as session:
        for number in range(times):
            session.fetch(BY_A, number)
            session.fetch(BY_C, 1)
        session.run("SELECT pg_stat_force_next_flush()")


def _advice() -> Advice:
    """Return advice of three indexes: by `a`, which helps; by `c`, which is hopeless; and by `b`."""
    uses = {BY_A: ("t_a_idx",), BY_C: ("t_c_idx", "t_b_idx")}
    costs = [StatementCost(Statement(identity(text), text, 1.0), 2.0, 1.0, names) for text, names in uses.items()]
    new = tuple(recommended(index("t", name)) for name in ("a", "b", "c"))
    return Advice(new, tuple(costs), None, "twin", 3)


def _verdicts(comparison: WorkloadComparison) -> dict[str, ChangeVerdict]:
    return {each.index.name: each.verdict for each in comparison.created}


def test_the_truth_is_told_of_each_index_and_nothing_is_reset(new_database: NewDatabase, tmp_path: Path) -> None:
    url, before, path = new_database(TABLE), tmp_path / "before.json", tmp_path / "journal.json"
    _load(url)
    store_snapshot(url, before)
    catalog = catalog_of(url)
    migration = plan_migration(_advice(), (), catalog)
    journal = asyncio.run(apply_migration(url, migration, ApplyRun(path, lambda step, text: None)))
    none_yet = asyncio.run(measure(url, journal))
    assert none_yet is not None
    assert set(_verdicts(none_yet).values()) == {ChangeVerdict.TOO_FEW}
    _load(url)
    at_once = asyncio.run(compare_with(url, path))
    assert _verdicts(at_once)["public.t_b_idx"] is ChangeVerdict.TOO_FEW  # its scans may not have been counted yet
    assert journal.before is not None and journal.start is not None
    now = asyncio.run(read_counts(url))
    later = replace(now, taken=now.taken + 61, seconds=now.seconds + 61 if now.seconds else None)
    comparison = compare(journal.before, later, start=journal.start, served=served_by(migration))
    assert _verdicts(comparison) == {
        "public.t_a_idx": ChangeVerdict.HELPED,
        "public.t_b_idx": ChangeVerdict.NOT_USED,
        "public.t_c_idx": ChangeVerdict.NOT_USED,
    }
    told = "\n".join(comparison_lines(comparison, TerminalPaint(on=False)))
    assert "DROP INDEX CONCURRENTLY IF EXISTS public.t_b_idx;" in told
    assert "DROP INDEX CONCURRENTLY IF EXISTS public.t_a_idx;" not in told
    assert "### public.t_a_idx: helped" in comparison_markdown(comparison)
    by_a = next(change for change in comparison.statements if change.shown == "t.by_a")
    assert by_a.calls_after == 25
    assert by_a.blocks_after < 10 < 100 < by_a.blocks_before
    created = {each.index.name: each for each in asyncio.run(compare_with(url, before)).created}
    foreign = created["public.t_a_idx"]
    assert not foreign.certain  # nobody says what it is for, so all that read its table stand there
    assert {change.shown: change.verdict for change in foreign.statements}["t.by_a"] is ChangeVerdict.HELPED
    with Session(url) as session:
        session.run("DROP INDEX t_b_idx")
    dropped = compare(journal.start, asyncio.run(read_counts(url))).dropped
    assert [each.name for each in dropped] == ["public.t_b_idx"]


@pytest.mark.parametrize(
    ("ms", "blocks", "calls", "verdict"),
    [
        ((10.0, 1.0), (100, 3), 20, ChangeVerdict.HELPED),
        ((10.0, 1.0), (100, 3), 19, ChangeVerdict.TOO_FEW),
        ((10.0, 9.0), (100, 90), 500, ChangeVerdict.NO_CHANGE),
        ((10.0, 9.5), (100, 70), 500, ChangeVerdict.HELPED),
        ((10.0, 13.0), (100, 100), 500, ChangeVerdict.NO_CHANGE),
        ((10.0, 15.0), (100, 100), 500, ChangeVerdict.WORSE),
        ((10.0, 15.0), (100, 50), 500, ChangeVerdict.UNCLEAR),
        ((10.0, 5.0), (100, 200), 500, ChangeVerdict.UNCLEAR),
        ((0.02, 0.05), (3, 3), 500, ChangeVerdict.NO_CHANGE),
    ],
)
def test_a_verdict_says_no_more_than_the_noise_allows(
    ms: tuple[float, float], blocks: tuple[float, float], calls: int, verdict: ChangeVerdict
) -> None:
    assert StatementChange("x", "x", 100.0, calls, *ms, *blocks).verdict is verdict


def test_a_few_slow_calls_are_not_taken_for_a_worse_index() -> None:
    text, steady = "SELECT 1 FROM t", 100 * 1.0
    before = _snapshot(1_000.0, 900.0, [(text, 100, steady)], "public.i")
    known = tuple(replace(each, squared_ms=steady) for each in before.statements or ())
    for slow, verdict in ((1, ChangeVerdict.NO_CHANGE), (20, ChangeVerdict.WORSE)):  # calls of 16 ms among 25
        ms, squares = 25 - slow + slow * 16.0, 25 - slow + slow * 16.0**2
        after = Statement(text, text, 125, steady + ms, steady + squares, blocks=1_250)
        later = replace(before, taken=2_000.0, seconds=1_900.0, statements=(after,))
        change = compare(replace(before, statements=known), later).others[0]
        assert change.ms_after == pytest.approx(ms / 25)
        assert change.verdict is verdict, slow


def _snapshot(taken: float, seconds: float | None, counts: Sequence[tuple[str, float, float]], *names: str) -> Snapshot:
    indexes = tuple(CountedIndex(name, "public.t", "", 8192, 10, True) for name in names)
    statements = tuple(Statement(text, text, calls, total_ms=ms, blocks=calls * 10) for text, calls, ms in counts)
    return Snapshot("shop", 18, taken, seconds, indexes, statements)


def test_counts_that_were_reset_or_forgotten_in_between_are_those_since() -> None:
    before = _snapshot(1_000.0, 900.0, [("SELECT 1 FROM t", 1_000, 10_000.0)])
    reset = _snapshot(2_000.0, 500.0, [("SELECT 1 FROM t", 2_000, 2_000.0)], "public.i")
    comparison = compare(before, reset)
    assert any("reset" in note for note in comparison.notes)
    assert (comparison.created[0].statements[0].calls_after, comparison.created[0].statements[0].ms_after) == (
        2_000,
        1.0,
    )
    forgotten = _snapshot(2_000.0, 1_900.0, [("SELECT 1 FROM t", 40, 40.0)], "public.i")
    assert compare(before, forgotten).created[0].statements[0].calls_after == 40
    assert compare(before, forgotten).created[0].verdict is ChangeVerdict.HELPED
    silent = replace(forgotten, statements=None)
    assert compare(before, silent).created[0].verdict is ChangeVerdict.TOO_FEW


def test_a_busier_machine_is_not_taken_for_a_worse_index() -> None:
    texts = [f"SELECT {number} FROM other" for number in range(4)]
    before = _snapshot(1_000.0, 900.0, [("SELECT 1 FROM t", 100, 100.0), *((text, 100, 100.0) for text in texts)])
    after = [("SELECT 1 FROM t", 200, 300.0), *((text, 200, 300.0) for text in texts)]
    comparison = compare(before, _snapshot(2_000.0, 1_900.0, after, "public.i"))
    assert comparison.created[0].statements[0].verdict is ChangeVerdict.NO_CHANGE
    assert any("2.0 times" in note for note in comparison.notes)


@pytest.mark.parametrize("content", ["", "{}", '{"format": 1}', '{"format": 2}', "[]", "\x00"])
def test_a_file_that_is_no_snapshot_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "before.json"
    file.write_text(content)
    with pytest.raises(SnapshotError):
        read_snapshot(file)
