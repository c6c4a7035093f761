"""Reads that meet are planned for several as alone; a statement that is not, or cannot be made, fails the proof."""

from dataclasses import replace
from pathlib import Path

import pytest

from backend_architect.cli.app import run
from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Case, Verdict
from backend_architect.proof.plans.growth import _case_together
from tests.proof.conftest import EXAMPLES
from tests.proof.plans.conftest import Edit, Example, Examples, study_edited

FILE = "app/core/coalescing.py"
READS = {
    *("users.read", "users.followers_of_user", "posts.read", "posts.feed", "posts.of_user", "posts.report"),
    *("comments.read", "comments.of_post"),
}
WEAKENED = Edit(
    FILE,
    "known.sql),",
    """known.sql.replace(".id = $", ".id::text = '' || $").replace("LIMIT ", "LIMIT 1000000 -- ")),""",
)
"""Keys are compared as text, and pages have no end."""
NOT_MADE = Edit(
    FILE,
    "    known = statement(sql)\n    numbers = [",
    "    raise ValueError(sql[:1])\n    known = statement(sql)\n    numbers = [",
)


@pytest.fixture(scope="module")
def coalesced(examples: Examples, tmp_path_factory: pytest.TempPathFactory) -> Example:
    """The example whose reads may meet: its tables are those of the one as decided."""
    folder = tmp_path_factory.mktemp("coalesced")
    text = (EXAMPLES / "social-sharing/backend.yaml").read_text()
    assert text.count("pin: {}") == 1
    (folder / "backend.yaml").write_text(text.replace("pin: {}", "pin: {read-coalescing: coalesced}"))
    assert run(["build", str(folder / "built"), "--design", str(folder / "backend.yaml")]) == 0
    return replace(examples("social-sharing"), folder=folder / "built")


def _cases(server: EmbeddedServer, example: Example, folder: Path, *edits: Edit) -> dict[str, Case]:
    studied = study_edited(server, example, folder / "edited", edits)
    return {case.title.removesuffix(".together"): case for case in map(_case_together, studied.together)}


def test_each_is_planned_for_several_as_alone(coalesced: Example, server: EmbeddedServer, tmp_path: Path) -> None:
    cases = _cases(server, coalesced, tmp_path)
    assert cases.keys() == READS
    assert {case.verdict for case in cases.values()} == {Verdict.HELD}, cases
    sizes = {(measure.at, measure.value) for measure in cases["users.read"].measures}
    assert sizes == {("1x", 1.0), ("10x", 1.0), ("100x", 1.0)}  # by its primary key, at any size


def test_a_lost_index_and_a_page_without_end_fail(coalesced: Example, server: EmbeddedServer, tmp_path: Path) -> None:
    cases = _cases(server, coalesced, tmp_path, WEAKENED)
    by_key = {name for name in READS if name.endswith((".read", ".report"))}
    assert by_key <= {name for name, case in cases.items() if case.verdict is Verdict.FAILED}
    assert "at 1x: has the step Seq Scan users" in cases["users.read"].actual
    assert "OFFSET 0" in cases["users.read"].advice
    assert "rows for each who asks at 100x" in cases["posts.feed"].actual


def test_what_was_not_made_is_not_said_to_hold(coalesced: Example, server: EmbeddedServer, tmp_path: Path) -> None:
    ((name, case),) = _cases(server, coalesced, tmp_path, NOT_MADE).items()
    assert (name, case.verdict) == (FILE, Verdict.BROKEN)
    assert "ValueError" in case.actual
