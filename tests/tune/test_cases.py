"""Planted defects: each is found in its database, and nothing is found in the clean twin.

A case is `tests/cases/tune/<rule>/<name>.yaml`: `bad` and `good` are SQL, `statements` what the database has run
(`good_statements` in the twin, the same without), and `finds` the subjects that are found.
"""

import asyncio
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from backend_architect.tune import RULES, Observed, Statement, Workload, find_all, observe
from backend_architect.tune.reading.kept import identity, keep
from tests.tune.conftest import NewDatabase

CASES = sorted((Path(__file__).parents[1] / "cases" / "tune").glob("*/*.yaml"))
IGNORED = {"unwise-setting"}  # of the server that the tests share


def _workload(statements: list[dict[str, object]]) -> Workload:
    return keep([Statement(id=identity(str(each["text"])), **each) for each in statements], "the case")  # type: ignore[arg-type]


def _found(url: str, statements: list[dict[str, object]]) -> list[str]:
    catalog = asyncio.run(observe(url)).observed.catalog
    assert not catalog.unseen
    observed = Observed(catalog, _workload(statements))
    return [finding.key for finding in find_all(observed) if finding.code not in IGNORED]


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_planted_defect_is_found_and_its_clean_twin_is_clean(path: Path, new_database: NewDatabase) -> None:
    case = YAML(typ="safe").load(path.read_text())
    statements = case.get("statements", [])
    found = _found(new_database(case["bad"]), statements)
    assert found == [f"{path.parent.name}:{subject}" for subject in case["finds"]]
    twin = _found(new_database(case.get("good", case["bad"])), case.get("good_statements", statements))
    assert twin == []


def test_every_case_belongs_to_a_rule() -> None:
    assert {path.parent.name for path in CASES} <= {rule.code for rule in RULES}
