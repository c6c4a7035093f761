"""Codes of findings that were renamed: what somebody wrote down with the old name goes on working."""

from pathlib import Path
from typing import Any

from backend_architect.report.findings import findings_sarif
from backend_architect.tune import RULES
from backend_architect.tune.accepted import read_accepted
from backend_architect.tune.former_codes import FORMER_CODES

FORMER = """accepted:
  nested-loop-surprised:orders.list: a few rows until the autumn
  partitions-searched-in-vain:events.by_id (public.events): the identifier carries no time
  rows-read-in-vain:orders.of_day (orders): once a day
  unfitting-memory:shared_buffers: a small machine
  unwise-setting:random_page_cost: the disks spin
  updates-not-in-place:sessions: they change an indexed column
  unused-index:unwise-setting: a name of theirs
"""


def test_an_accepted_finding_stays_accepted_under_its_former_code(tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(FORMER)
    assert list(read_accepted(file)) == [
        "nested-loop-misestimate:orders.list",
        "partitions-without-matches:events.by_id (public.events)",
        "rows-removed-by-filter:orders.of_day (orders)",
        "memory-settings:shared_buffers",
        "costly-setting:random_page_cost",
        "low-hot-update-ratio:sessions",
        "unused-index:unwise-setting",
    ]


def test_no_former_code_is_a_code_and_each_has_a_present_one() -> None:
    codes = {rule.code for rule in RULES}
    assert not codes & FORMER_CODES.keys()
    assert codes >= set(FORMER_CODES.values())


def test_sarif_tells_code_scanning_the_former_ids() -> None:
    runs: Any = findings_sarif([], {"costly-setting": "a setting", "unused-index": "an index"}, "db")["runs"]
    costly, unused = runs[0]["tool"]["driver"]["rules"]
    assert costly["deprecatedIds"] == ["unwise-setting"]
    assert "deprecatedIds" not in unused
