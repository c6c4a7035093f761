"""Many findings of one kind are one with its places; each keeps its key, its SQL and its place in the migration."""

import json
from dataclasses import replace
from datetime import UTC, datetime

from jsonschema import Draft202012Validator

from backend_architect.cli.output import TerminalPaint
from backend_architect.finding import Finding, Severity, Sureness
from backend_architect.report.findings import finding_lines, findings_markdown, findings_sarif
from backend_architect.report.tune_page import tune_page
from backend_architect.report.tuning import Tuning, verdict
from backend_architect.report.tuning_data import tuning_data
from backend_architect.tune import Observed
from backend_architect.tune.group_findings import grouped
from tests.tune.test_reports import SCHEMA
from tests.tune.tuning_sample import a_catalog


def _finding(code: str, number: int, **more: object) -> Finding:
    own = Finding(
        code,
        Severity.MEDIUM,
        Sureness.CERTAIN,
        f"t{number}",
        f"t{number} is slow",
        "it is",
        "mend it",
        f"ANALYZE t{number};",
    )
    return replace(own, **more)  # type: ignore[arg-type]


MANY = [_finding("no-primary-key", number) for number in range(40)]
FEW = [_finding("bloated-table", number) for number in range(4)]
OTHERS = [
    _finding("no-primary-key", 99, severity=Severity.HIGH),
    _finding("n-plus-one", 1, rewrite="SELECT 1"),
    *(_finding("costly-setting", number) for number in range(6)),
]


def test_forty_of_a_kind_are_one_with_forty_places_and_few_or_different_ones_stay() -> None:
    found = grouped([*MANY, *FEW, *OTHERS])
    assert [(each.code, len(each.more)) for each in found if each.more] == [("no-primary-key", 39)]
    assert len(found) == 1 + len(FEW) + len(OTHERS)
    assert found[0].severity is Severity.HIGH
    assert sorted(each.key for own in found for each in (own, *own.more)) == sorted(
        each.key for each in (*MANY, *FEW, *OTHERS)
    )


def test_every_report_has_the_places() -> None:
    (one,) = grouped(MANY)
    text = "\n".join(finding_lines(one, TerminalPaint(on=False)))
    assert "and 39 more of this kind" in text and "ANALYZE t7;" in text and "29 others" in text
    assert all(f"ANALYZE t{number};" in findings_markdown([one], "here") for number in range(40))
    runs: list[dict[str, list[object]]] = findings_sarif([one], {}, "db")["runs"]  # type: ignore[assignment]
    assert len(runs[0]["results"]) == 40
    tuning = Tuning(Observed(a_catalog(), None), (one,))
    assert verdict(tuning) == "1 medium finding."
    data = tuning_data(tuning)
    Draft202012Validator(SCHEMA).validate(json.loads(json.dumps(data)))
    assert len(data["findings"][0]["more"]) == 39  # type: ignore[index]
    assert tune_page(tuning, when=datetime(2026, 1, 1, tzinfo=UTC)).count("ANALYZE t") == 40
