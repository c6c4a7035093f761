"""Every planted mistake is found, with the advice that mends it, and nothing else is said to be wrong."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.postgres.catalog import read_catalog
from backend_architect.proof import Lab, read_subject
from backend_architect.proof.plans.statements import read_statements
from backend_architect.proof.plans.view import PlanFailure
from tests.proof.plans.conftest import Examples, failures_of, study_edited
from tests.proof.plans.planted import SCHEMAS, SHOP, SQL, Planted
from tests.sql.by_postgres import used_by_names, used_by_postgres

BATCHES = {"sql": ("social-sharing", SQL), "schemas": ("social-sharing", SCHEMAS), "shop": ("shop", SHOP)}
"""Mistakes in different statements stand in one copy of the project, so that its database is planned once."""
CASES = [(batch, planted) for batch, (_, group) in BATCHES.items() for planted in group]

Judged = Callable[[str], Mapping[str, tuple[PlanFailure, ...]]]


@pytest.fixture(scope="module")
def judged(examples: Examples, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Judged:
    """Return what is found in a copy with all mistakes of a batch, by statement."""
    known: dict[str, Mapping[str, tuple[PlanFailure, ...]]] = {}

    def judge(batch: str) -> Mapping[str, tuple[PlanFailure, ...]]:
        if batch not in known:
            name, group = BATCHES[batch]
            folder: Path = tmp_path_factory.mktemp(batch) / "edited"
            edits = [planted.edit for planted in group]
            known[batch] = failures_of(study_edited(server, examples(name), folder, edits))
        return known[batch]

    return judge


@pytest.mark.parametrize(("batch", "planted"), CASES, ids=[planted.name for _, planted in CASES])
def test_a_mistake_is_found_with_what_mends_it(batch: str, planted: Planted, judged: Judged) -> None:
    for statement, wanted in planted.spoilt.items():
        failures = judged(batch)[statement]
        advice = "\n".join(failure.advice for failure in failures)
        assert failures, f"{statement} is said to hold"
        assert all(text in advice for text in wanted), failures


@pytest.mark.parametrize("batch", BATCHES)
def test_what_was_not_touched_holds(batch: str, judged: Judged) -> None:
    spoilt = {name for planted in BATCHES[batch][1] for name in planted.spoilt}
    wrong = {name: found for name, found in judged(batch).items() if found and name not in spoilt}
    assert not wrong


@pytest.mark.parametrize("name", ["social-sharing", "shop", "helpdesk", "bookings"])
def test_an_example_as_built_holds(
    name: str, examples: Examples, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    studied = study_edited(server, examples(name), tmp_path_factory.mktemp("as-built") / name, [])
    assert not {statement: found for statement, found in failures_of(studied).items() if found}


@pytest.mark.parametrize("name", ["social-sharing", "shop", "helpdesk", "bookings"])
def test_names_in_statements_mean_what_postgresql_says(name: str, examples: Examples, server: EmbeddedServer) -> None:
    example = examples(name)
    with Lab(read_subject(example.folder), print, server) as lab, Session(example.filled.url) as session:
        catalog = session.ask(read_catalog)
        statements = [each.sql for each in read_statements(lab).statements]
        by_postgres = {sql: used_by_postgres(session, sql) for sql in statements}
    compared = {sql: used for sql, used in by_postgres.items() if used is not None}
    assert len(compared) >= 0.9 * len(statements)
    different = {sql: used_by_names(sql, catalog) ^ used for sql, used in compared.items()}
    assert not {sql: columns for sql, columns in different.items() if columns}
