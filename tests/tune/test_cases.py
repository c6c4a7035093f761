"""Planted defects: each is found in its database, and nothing is found in the clean twin.

A case is `tests/cases/tune/<rule>/<name>.yaml`: `bad` and `good` are SQL, `statements` what the database has run, and
`planted` the figures that no small database gets by itself (tests/tune/cases.py). The twin has `good` (without it the
same database), `good_statements` (the same statements), `good_planted` and `good_blocked` (none); `blocked` is what a
minute of watching has seen. `finds` are the subjects that are
found, `also` what other rules say of the same defect; `severity`, `sureness` and `sql` are those of the first of them.

`tests/cases/tune/clean/` holds whole databases as they should be: nothing is found in them.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.tune import RULES, Observed, find_all
from tests.tune.cases import Case, Databases, found, plant, workload

FOLDER = Path(__file__).parents[1] / "cases" / "tune"
CLEAN = sorted((FOLDER / "clean").glob("*.yaml"))
FROM_PLANS = {  # what plans tell: tests/tune/plans, and of planner-misjudges tests/tune/test_measured_time.py
    "exceeds-work-mem", "heap-fetches", "misestimated-rows", "nested-loop-misestimate", "partitions-without-matches",
    "planner-misjudges", "rows-removed-by-filter",
}  # fmt: skip
CASES = sorted(path for path in FOLDER.glob("*/*.yaml") if path.parent.name != "clean")


@pytest.fixture(scope="module")
def databases(server: EmbeddedServer) -> Iterator[Databases]:
    """The database in which the cases come and go."""
    with Session(server.url()) as admin:
        admin.run("CREATE DATABASE tune_cases STRATEGY file_copy")
    opened = Databases(server.url("tune_cases"))
    yield opened
    opened.close()


def _read(path: Path) -> Case:
    case: Case = YAML(typ="safe").load(path.read_text())
    return case


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_planted_defect_is_found_and_its_clean_twin_is_clean(path: Path, databases: Databases) -> None:
    case = _read(path)
    statements = case.get("statements", [])
    catalog = plant(databases.catalog(case["bad"]), case.get("planted", {}))
    findings = find_all(Observed(catalog, workload(statements, case.get("blocked", ()))))
    wanted = [f"{path.parent.name}:{subject}" for subject in case["finds"]]
    assert sorted(finding.key for finding in findings) == sorted([*wanted, *case.get("also", ())])
    assert all(finding.evidence and finding.why and finding.fix for finding in findings)
    first = next(each for each in findings if each.key == wanted[0])
    assert {name: getattr(first, name) for name in ("severity", "sureness", "sql") if name in case} == {
        name: case[name] for name in ("severity", "sureness", "sql") if name in case
    }
    twin = plant(databases.catalog(case.get("good", case["bad"])), case.get("good_planted", {}))
    assert found(twin, case.get("good_statements", statements), case.get("good_blocked", ())) == []


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_nothing_is_found_in_a_database_as_it_should_be(path: Path, databases: Databases) -> None:
    case = _read(path)
    catalog = plant(databases.catalog(case["database"]), case.get("planted", {}))
    assert len(workload(case["statements"]).statements) == len(case["statements"])
    assert found(catalog, case["statements"]) == []


def test_every_case_belongs_to_a_rule_and_every_rule_has_one() -> None:
    assert {path.parent.name for path in CASES} | FROM_PLANS == {rule.code for rule in RULES}
