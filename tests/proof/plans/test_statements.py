"""Every statement is found in a project's files, also in what was edited by hand; what cannot be read is told."""

from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Lab, Verdict, read_subject
from backend_architect.proof.plans.statement_list import statement_list
from backend_architect.proof.plans.statements import read_statements
from tests.proof.conftest import Weaken

BY_HAND = '''
from app.posts.queries import COLUMNS, JOINS

BASE = "SELECT /* posts.by_hand */ " + COLUMNS.strip() + f" FROM posts {JOINS}"
BY_HAND = BASE + " WHERE posts.id = :id"


async def sorted_by(db, column: str):
    """Select nothing from what is not known."""
    return await db.fetch(f"SELECT id FROM posts ORDER BY {column} LIMIT 20")
'''


@pytest.fixture
def edited(weaken: Weaken) -> Path:
    """Return a project with a module that its team wrote."""
    folder = weaken("app/posts/report.py", "raise NotWritten", "raise NotWritten  # yet")
    (folder / "app/posts/by_hand.py").write_text(BY_HAND)
    return folder


def test_statements_are_put_together_from_constants_of_other_modules(edited: Path, server: EmbeddedServer) -> None:
    with Lab(read_subject(edited), print, server) as lab:
        found = {statement.name: statement for statement in read_statements(lab).statements}
    assert found["posts.by_hand"].sql.endswith("WHERE posts.id = $2")
    assert found["posts.by_hand"].place == "app/posts/by_hand.py:5"
    assert "liked" in found["posts.by_hand"].sql
    assert "pgqueuer" in found["jobs.enqueue"].sql  # made by a library, so asked of the project's own Python


def test_a_text_that_only_running_makes_is_told_and_not_dropped(edited: Path, server: EmbeddedServer) -> None:
    with Lab(read_subject(edited), print, server) as lab:
        listed, *unread = statement_list(lab)
    assert "posts.by_hand" in listed.actual.partition("the project's own: ")[2]
    assert [(case.title, case.verdict) for case in unread] == [("app/posts/by_hand.py:10", Verdict.FAILED)]
    assert "column" in unread[0].actual


def test_a_statement_of_the_design_that_is_gone_is_said(weaken: Weaken, server: EmbeddedServer) -> None:
    folder = weaken("app/posts/queries.py", "/* posts.trending */", "/* posts.of_the_day */")
    with Lab(read_subject(folder), print, server) as lab:
        (listed,) = statement_list(lab)
    missing, _, own = listed.actual.partition("the project's own: ")
    assert "missing: posts.trending" in missing
    assert "posts.of_the_day" in own
