"""One bad statement, or one bad rule, never stops the rest; and it is said."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

import backend_architect.tune as tune
from backend_architect.finding import Finding, Severity, Sureness
from backend_architect.tune import Observed, RuleFailed, Statement, Workload
from backend_architect.tune.examined import Examined
from backend_architect.tune.find import find_guarded
from backend_architect.tune.indexes.model import Advice, StatementCost
from backend_architect.tune.rule import Rule
from tests.tune.catalog import CATALOG

STATEMENTS = tuple(Statement(name, f"SELECT /* {name} */ 1", 1.0, name=name) for name in ("one", "two", "three"))
OBSERVED = Observed(CATALOG, Workload("here", STATEMENTS))


def _finding(code: str, subject: str) -> Finding:
    return Finding(code, Severity.LOW, Sureness.CERTAIN, subject, "found", "why", "fix")


def _all(observed: Observed) -> Iterator[Finding]:
    for statement in observed.workload.statements if observed.workload else ():
        yield _finding("plain", statement.name)


def _not_two(observed: Observed) -> Iterator[Finding]:
    for statement in observed.workload.statements if observed.workload else ():
        if statement.name == "two":
            raise RecursionError("planted")
        yield _finding("planted", statement.name)


def _never(_: Observed) -> Iterator[Finding]:
    raise KeyError("catalog")
    yield


PLAIN, PLANTED, HOPELESS = Rule("plain", "", _all), Rule("planted", "", _not_two), Rule("hopeless", "", _never)


def test_a_statement_that_a_rule_fails_on_is_named_and_the_others_are_looked_at() -> None:
    found = find_guarded(OBSERVED, [PLANTED, PLAIN])
    assert [finding.key for finding in found.findings] == [
        *("plain:one", "plain:three", "plain:two"),
        *("planted:one", "planted:three"),
    ]
    assert [problem.code for problem in found.problems] == ["rule-failed"]
    assert "planted failed on two: RecursionError: planted" in found.problems[0].message


@pytest.mark.parametrize("observed", [OBSERVED, replace(OBSERVED, workload=None)])
def test_a_rule_that_always_fails_is_named(observed: Observed) -> None:
    found = find_guarded(observed, [HOPELESS])
    assert found.findings == ()
    assert ["hopeless failed: KeyError" in problem.message for problem in found.problems] == [True]


def test_who_asks_for_all_findings_hears_of_a_failed_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune, "all_rules", lambda: (PLAIN, PLANTED))
    assert len(tune.find_everything(OBSERVED).findings) == 5
    with pytest.raises(RuleFailed, match="planted failed on two"):
        tune.find_all(OBSERVED)


def test_rules_that_ask_after_the_advice_take_no_statement_apart_again(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[str] = []

    def counted(workload: Workload, _: object) -> tuple[Examined, ...]:
        taken.extend(each.name for each in workload.statements)
        return ()

    monkeypatch.setattr("backend_architect.tune.observed.examine", counted)
    observed = replace(OBSERVED)
    assert tune.find_everything(observed) and taken == ["one", "two", "three"]
    cost = StatementCost(STATEMENTS[0], 10.0, 1.0, planned=10.0)
    advice = Advice((), (cost,), budget=None, what_if="twin", candidates=0)
    assert not tune.find_misjudged(observed, advice).findings
    assert taken == ["one", "two", "three"]
