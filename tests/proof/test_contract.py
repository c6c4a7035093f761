"""The contract holds on a built project, and an answer that the document does not know is found."""

from collections.abc import Callable
from pathlib import Path

from backend_architect.proof import Verdict
from tests.proof.conftest import Prove, Weaken


def test_a_built_project_holds(built: Callable[[str], Path], proven: Prove) -> None:
    result = proven(built("shop"), "contract")
    assert result.verdict is Verdict.HELD, result


def test_weaknesses_are_found(weaken: Weaken, proven: Prove) -> None:
    """A field of another type, a status that nobody declared, a fault of the server: each at its own route."""
    weaken("app/comments/queries.py", 'body=row["body"]', 'body=[row["body"]]')  # type: ignore[arg-type]
    weaken(
        "app/posts/routes.py",
        "return no_content(await queries.delete(db, post_id, me, if_match))",
        "return Response('', 299)",
    )
    folder = weaken("app/follows/routes.py", "await queries.delete(db, user_id, me)", "await queries.delete(1 / 0)")
    result = proven(folder, "contract")
    wrong = {case.title for case in result.cases if case.verdict is Verdict.FAILED}
    assert wrong >= {"GET /v1/comments/{comment_id}", "DELETE /v1/posts/{post_id}"}
    assert "DELETE /v1/users/{user_id}/follow" in wrong
    assert "GET /v1/posts/{post_id}" not in wrong
