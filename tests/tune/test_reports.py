"""The reports of a tuning run: the page, the lines, the Markdown, and data by its published schema."""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from backend_architect.cli.output import TerminalPaint
from backend_architect.report.advice import advice_lines, advice_markdown, factor
from backend_architect.report.changes_data import changes_document, comparison_document, snapshot_document
from backend_architect.report.growth import growth_lines
from backend_architect.report.tune_page import tune_page
from backend_architect.report.tuning import Tuning, verdict
from backend_architect.report.tuning_data import tuning_data
from backend_architect.report.tuning_markdown import tuning_markdown
from backend_architect.report.visible import visible
from backend_architect.tune import Observed
from backend_architect.tune.indexes.model import Advice
from tests.proof.test_reports import Tags
from tests.tune.tuning_sample import BY_CUSTOMER, a_catalog, a_growth, a_tuning, a_whole_tuning, an_advice, an_applied

WHEN = datetime(2026, 3, 4, 5, 6, tzinfo=UTC)
SCHEMA = json.loads((Path(__file__).parents[2] / "docs/reference/tune.schema.json").read_text())
EMPTY = Tuning(Observed(a_catalog(), None), ())


@pytest.mark.parametrize("tuning", [a_whole_tuning(), a_tuning(an_advice()), a_tuning(), EMPTY])
def test_the_page_is_whole_and_needs_no_network(tuning: Tuning) -> None:
    page = tune_page(tuning, when=WHEN)
    tags = Tags(page)
    assert not tags.open and not tags.wrong
    assert not re.findall(r"(?:src|href)=|url\(|@import|<script|<b>open", page)


def test_hostile_names_are_text_on_the_page() -> None:
    page = tune_page(a_tuning(an_advice()), when=WHEN)
    assert page.count("&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;") >= 5
    assert "&lt;b&gt;open&lt;/b&gt;" in page


def test_the_bars_are_the_costs_of_all_calls() -> None:
    page = tune_page(a_tuning(an_advice()), when=WHEN)
    bars = re.findall(
        r'<div class="track( after)?"><i style="width: ([\d.]+)%"></i></div>', page.split('id="costs"')[1]
    )
    customer, email = 4_210.5 * 48_210, 2_120.0 * 22_015
    assert [float(width) for _, width in bars[:3]] == [100.0, 0.21, round(100 * email / customer, 2)]


def test_the_verdict_is_a_sentence() -> None:
    assert verdict(a_tuning(an_advice())) == (
        "3 findings (1 high, 1 medium, 1 low); 3 new indexes of 39 MB in all would make the workload 35 times cheaper"
        " by the planner's cost."
    )
    assert verdict(EMPTY) == "Nothing was found that makes it slow."


def test_nothing_is_said_of_a_cost_that_stays() -> None:
    same = replace(an_advice(), statements=tuple(replace(each, after=each.before) for each in an_advice().statements))
    assert "leave the planned cost as it is" in verdict(a_tuning(same))
    assert 'id="costs"' not in tune_page(a_tuning(same), when=WHEN)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [(100, 1, "100 x less"), (100, 40, "2.5 x less"), (100, 90, "10 % less"), (100, 120, "20 % more"), (0, 0, "")],
)
def test_how_a_cost_changes(before: float, after: float, told: str) -> None:
    assert factor(before, after) == told


def test_the_advice_in_a_terminal() -> None:
    lines = advice_lines(an_advice(), TerminalPaint(on=False))
    assert lines[0] == (
        "3 indexes, 39 MB of 95 MB allowed, would make the workload 35 times cheaper by the planner's cost"
        " (64 tried on the twin)."
    )
    assert f"  {BY_CUSTOMER.statement()}" in lines
    assert "      takes the place of orders_customer_id" in lines
    [row] = [line for line in lines if "orders.of_customer" in line and "→" in line]
    assert row.split() == ["203", "M", "→", "429", "k", "473", "x", "less", "orders.of_customer"]
    assert lines[-1] == "  not looked at: 12 candidates of orders"


def test_a_workload_that_no_index_helps() -> None:
    nothing = Advice((), (), None, "twin", 12)
    assert advice_lines(nothing, TerminalPaint(on=False)) == [
        "No new index helps this workload: 12 were tried on the twin."
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a\x1b[2Jb", "a\\x1b[2Jb"), ("a\u202eb\nc", "a\\u202eb\nc"), ("größe 表 ✓", "größe 表 ✓"), ("\r", "\\r")],
)
def test_a_name_cannot_move_the_cursor(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_hostile_names_do_not_break_the_markdown() -> None:
    told = advice_markdown(an_advice())
    prose = re.sub(r"```sql\n.*?\n```", "", told, flags=re.DOTALL)
    assert '\n- for \\<script>alert("x")\\</script> \\| \\*x\\*\n' in prose
    assert all(line.count(" | ") == 4 for line in prose.splitlines() if line.startswith("| "))


@pytest.mark.parametrize("tuning", [a_whole_tuning(), a_tuning(an_advice()), a_tuning(), EMPTY])
def test_the_data_is_by_the_published_schema(tuning: Tuning) -> None:
    data = json.loads(json.dumps(tuning_data(tuning)))
    assert not list(Draft202012Validator(_closed(SCHEMA)).iter_errors(data))


def test_what_only_changes_or_compares_is_by_the_schema_too() -> None:
    applied = an_applied()
    assert applied.comparison is not None
    for document in (
        changes_document(applied),
        comparison_document(applied.comparison),
        snapshot_document(Path("before.json")),
    ):
        data = json.loads(json.dumps(document))
        assert not list(Draft202012Validator(_closed(SCHEMA)).iter_errors(data)), document
    told = changes_document(applied)["changes"]
    assert isinstance(told, dict)
    assert [step["state"] for step in told["steps"]] == ["done", "failed"] and not told["done"]
    assert [each["verdict"] for each in told["comparison"]["created"]] == ["helped"]


def test_what_was_seen_and_where_it_comes_from_is_told() -> None:
    tuning = a_whole_tuning()
    data = tuning_data(tuning)
    assert data["workload"]["samples"]["blocked"][0]["holder_application"].startswith("cron")  # type: ignore[index]
    assert data["workload"]["dearest"][0]["source"].startswith("/orders")  # type: ignore[index]
    page, markdown = tune_page(tuning, when=WHEN), tuning_markdown(tuning)
    for text in ("from 10x on", "held up by cron", "/orders", "the connection was lost"):
        assert text in page
    for text in ("from 10x on", "| 12 s | UPDATE t", "the connection was lost", "- `not-visible` this role"):
        assert text in markdown
    assert "\n\n## At 100 times the rows\n" in markdown
    prose = re.sub(r"```sql\n.*?\n```|(?<!\\)`[^`\n]*`", "", markdown, flags=re.DOTALL)
    assert not re.search(r"(?<!\\)<", prose)


def test_growth_in_a_terminal_cannot_move_the_cursor() -> None:
    study = replace(a_growth(), staying=("a\x1b[2J",))
    assert not any("\x1b" in line for line in growth_lines(study, TerminalPaint(on=False)))


def test_the_schema_refuses_what_is_not_by_it() -> None:
    data = json.loads(json.dumps(tuning_data(a_tuning(an_advice()))))
    for wrong in ({**data, "format": 2}, {**data, "findings": [{}]}, {**data, "advice": {}}):
        assert list(Draft202012Validator(SCHEMA).iter_errors(wrong))


def _closed(schema: Any) -> Any:
    """Return the schema without room for a key that it does not describe."""
    if isinstance(schema, list):
        return [_closed(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    shut = {"additionalProperties": False} if "properties" in schema and "$schema" not in schema else {}
    return {**shut, **{name: _closed(value) for name, value in schema.items()}}
