"""Time that runs out leaves the best set so far, never a worse one for more time; no verdict that was not reached."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import pytest

from backend_architect.report.advice import headline, not_looked_at
from backend_architect.tune import observe
from backend_architect.tune.advice_run import planning, read_source
from backend_architect.tune.indexes import Advice
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.indexes.select import choose
from tests.tune.conftest import NewDatabase

COLUMNS = range(8)
SLIGHTLY = 1.01  # what a shorter index may cost a call
ROWS = f"""
CREATE TABLE facts (id int PRIMARY KEY, at int NOT NULL, {", ".join(f"c{n} int NOT NULL" for n in COLUMNS)});
INSERT INTO facts SELECT i, i * 7919 % 20000, {", ".join(f"hashint4(i + {n * 100_000}) & 511" for n in COLUMNS)}
  FROM generate_series(1, 20000) i;
VACUUM ANALYZE
"""
STATEMENTS = "\n".join(
    f"-- weight: {1000 - 20 * number}\n"
    f"SELECT /* of.{number} */ id FROM facts WHERE c{number % 8} = $1 AND c{(number * 3 + 1) % 8} = $2"
    f" ORDER BY at LIMIT {number + 1};"
    for number in range(24)
)


@dataclass
class Clock:
    """A clock that goes on by one at every look, so that time is counted in questions."""

    now: float = 0.0

    def monotonic(self) -> float:
        self.now += 1.0
        return self.now


def test_more_time_never_gives_a_worse_set(
    new_database: NewDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = new_database(ROWS)
    (tmp_path / "statements.sql").write_text(STATEMENTS)
    observed = asyncio.run(observe(url, tmp_path / "statements.sql")).observed

    def advice(seconds: float) -> Advice:
        for module in ("costs", "select"):
            monkeypatch.setattr(f"backend_architect.tune.indexes.{module}.time", Clock())
        limits = ChoiceLimits(seconds=seconds, began=0.0)
        return choose(observed, what_if, limits, sql_of=lambda each: each.text, tell=lambda _: None)

    with planning(url, read_source(url), observed) as (what_if, _):
        found = [advice(seconds) for seconds in (3, 200, 600, 1_500, 1e9)]
    told = [(len(each.recommended), round(each.after), len(each.left)) for each in found]
    after = [each.after for each in found[1:]]
    assert all(later <= SLIGHTLY * sooner for sooner, later in pairwise(after)), told
    assert found[1].recommended, told
    assert found[1].left, told
    assert found[-1].after * 5 < found[-1].before, told
    assert not found[-1].left
    assert not found[0].recommended
    assert headline(found[0]).startswith("No new index was found in the time")
    (planned_never,) = [text for text in not_looked_at(found[0]) if "never planned" in text]
    assert planned_never.count(";") == 9  # ten names
