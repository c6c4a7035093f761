"""The access probes hold on built projects, and each finds a copy weakened in just its point."""

from collections.abc import Callable
from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Lab, Result, Verdict, choose_probes, prove, read_subject
from tests.proof.conftest import Prove, Weaken

QUERIES = "app/posts/queries.py"
ROUTES = "app/posts/routes.py"
UPDATED = "return ok(await queries.update(db, post_id, changes, me, if_match))"
# what is weak: the probe that finds it, the file, the text that makes it strong, and what a hasty edit leaves of it
WEAKENED = {
    "owner": (
        "routes",
        QUERIES,
        "WHERE posts.id = :id AND posts.author_id = :me\n      AND (",
        "WHERE posts.id = :id\n      AND (",
    ),
    "mark": ("routes", ROUTES, UPDATED, f'await db.execute("UPDATE posts SET updated_at = now()")\n    {UPDATED}'),
    "list": (
        "hidden-rows",
        QUERIES,
        "WHERE posts.author_id = :user_id AND {VISIBLE} AND (",
        "WHERE posts.author_id = :user_id AND (",
    ),
    "rule": ("checks", QUERIES, "(\n    posts.audience = 'public' OR posts", "(\n    posts.audience > '' OR posts"),
    "undeclared": ("declared", ROUTES, '@router.get("/feed"', '@router.get("/everything")\n@router.get("/feed"'),
    "unserved": (
        "declared",
        "app/posts/access.py",
        "ACCESS = (",
        'ACCESS = (\n    Access("GET /v1/old", "", 1, 1, 1, 1),',
    ),
}


def failed(result: Result) -> list[str]:
    """Return the titles of the cases that failed."""
    return [case.title for case in result.cases if case.verdict is Verdict.FAILED]


@pytest.mark.parametrize("weakness", WEAKENED)
def test_a_weakness_is_found(weakness: str, weaken: Weaken, proven: Prove) -> None:
    probe, file, old, new = WEAKENED[weakness]
    folder = weaken(file, old, new)
    assert (folder / file).read_text().count(new) == 1
    result = proven(folder, probe)
    assert result.verdict is Verdict.FAILED, result
    assert len(failed(result)) < len(result.cases)


def test_a_table_that_promises_what_the_design_refuses_is_found(weaken: Weaken, proven: Prove) -> None:
    """The table and the statement come from one compiler: wrong together, they agree with each other."""
    _, file, strong, weak = WEAKENED["owner"]
    folder = weaken(file, strong, weak)
    table = folder / "app/posts/access.py"
    promised = 'Access("PATCH /v1/posts/{post_id}", "mine", 401, 404, 200, 404)'
    assert table.read_text().count(promised) == 1
    table.write_text(table.read_text().replace(promised, promised.replace("404, 200, 404", "200, 200, 200")))
    result = proven(folder, "routes")
    expected = {case.title: case.expected for case in result.cases if case.verdict is Verdict.FAILED}
    for name in ("stranger", "moderator"):
        assert "where the access table says 200" in expected[f"PATCH /v1/posts/{{post_id}} as {name}"]


def test_a_member_who_may_too_much_is_found(weaken: Weaken, proven: Prove) -> None:
    """Customers of a company may change tickets: the access table has no column for them, the rule has."""
    file, alias = "app/tickets/queries.py", "memberships"
    start, end = "UPDATE tickets\n", "RETURNING "
    text = (weaken(file, start, start, example="helpdesk") / file).read_text()
    statement = text[text.index(start) : text.index(end, text.index(start))]
    assert statement.count(f"{alias}.role IN ('agent', 'lead')") == 1
    weaker = statement.replace(f"{alias}.role IN ('agent', 'lead')", f"{alias}.role <> ''")
    result = proven(weaken(file, statement, weaker, example="helpdesk"), "routes")
    changed = [title for title in failed(result) if title.startswith("PATCH /v1/tickets/{ticket_id} as ")]
    assert changed == [
        "PATCH /v1/tickets/{ticket_id} as member:customer",
        "PATCH /v1/tickets/{ticket_id} as member:customer about a row of their own",
    ]


def test_a_built_project_holds(built: Callable[[str], Path], server: EmbeddedServer) -> None:
    with Lab(read_subject(built("helpdesk")), print, server) as lab:
        evidence = list(prove(lab, choose_probes(["access"])))[-1].evidence
    assert evidence.held, [failed(result) for result in evidence.results]
