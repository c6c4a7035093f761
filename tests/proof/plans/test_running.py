"""Every statement is run, those with If-Match too; one that cannot be run was not tried, and the proof says so."""

import pytest

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Verdict
from backend_architect.proof.plans.growth import _case
from tests.proof.plans.conftest import Edit, Examples, study_edited

NEVER = Edit(
    "app/posts/queries.py",
    "SELECT /* posts.read */ {COLUMNS}",
    "SELECT /* posts.read */ 1 / (length(posts.id::text) - 36) AS never, {COLUMNS}",
)


@pytest.mark.parametrize("name", ["social-sharing", "shop", "helpdesk", "bookings"])
def test_every_statement_is_run(
    name: str, examples: Examples, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    studied = study_edited(server, examples(name), tmp_path_factory.mktemp("as-built") / name, [])
    assert not {view.statement.name: view.not_run for view in studied.views if view.not_run}


def test_what_cannot_be_run_is_not_said_to_hold(
    examples: Examples, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    edited = study_edited(server, examples("social-sharing"), tmp_path_factory.mktemp("never") / "edited", [NEVER])
    case = next(_case(view) for view in edited.views if view.statement.name == "posts.read")
    assert case.verdict is Verdict.BROKEN
    assert "could not be tried" in case.actual and "division by zero" in case.actual
