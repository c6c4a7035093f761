"""The probes of maintenance hold on a built project, and each finds a copy weakened in just its point."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from backend_architect.proof import Verdict
from tests.proof.conftest import Prove, Weaken

QUERIES = "app/posts/queries.py"
LONG = (
    '\n\ndef long() -> int:\n    """Return the sum."""\n    total = 0\n'
    + "    total += 1\n" * 60
    + "    return total\n"
)
READ = "@repeatable\nasync def read(db: Executor"
WRITE = 'TIDY = "DELETE /* posts.tidy */ FROM comments WHERE true"'
# what is weak: the probe that finds it, the file, the text that makes it strong, and what a hasty edit leaves of it
WEAKENED = {
    "unused import": ("style", QUERIES, "from uuid import UUID\n", "import os\nfrom uuid import UUID\n"),
    "untyped": ("types", QUERIES, "def _post(row: Record) -> Post:", "def _post(row):"),
    "long function": ("lengths", QUERIES, "\n\ndef _post(", f"{LONG}\n\ndef _post("),
    "no words": (
        "documented",
        QUERIES,
        '    """Return the post, or None where there is none that the viewer may see."""\n',
        "",
    ),
    "routes": (
        "slices",
        QUERIES,
        "from uuid import UUID\n",
        "from uuid import UUID\nfrom app.users.routes import router\n",
    ),
    "second writer": ("slices", QUERIES, READ, f"{WRITE}\n\n\n{READ}"),
}


@pytest.mark.parametrize("weakness", WEAKENED)
def test_a_weakness_is_found(weakness: str, weaken: Weaken, proven: Prove) -> None:
    probe, file, old, new = WEAKENED[weakness]
    folder = weaken(file, old, new)
    assert (folder / file).read_text().count(new) == 1 if new else old not in (folder / file).read_text()
    result = proven(folder, probe)
    assert result.verdict is Verdict.FAILED, result


def test_a_circle_is_found(weaken: Weaken, proven: Prove) -> None:
    weaken("app/users/queries.py", "from uuid import UUID\n", "from uuid import UUID\nfrom app.posts import queries\n")
    folder = weaken(QUERIES, "from uuid import UUID\n", "from uuid import UUID\nfrom app.users import queries\n")
    result = proven(folder, "slices")
    assert [case.title for case in result.cases if case.verdict is Verdict.FAILED] == ["circles"]


def test_a_project_whose_generated_text_is_lost_cannot_be_upgraded(weaken: Weaken, proven: Prove) -> None:
    folder = weaken("app/posts/schemas.py", "    body: str\n    audience", "    text: str\n    audience")
    base = folder / ".architect/base.json"
    kept = json.loads(base.read_text())
    del kept["files"]["app/posts/schemas.py"]
    base.write_text(json.dumps(kept))
    assert proven(folder, "upgrade").verdict is Verdict.FAILED


@pytest.mark.parametrize("probe", ["style", "lengths", "documented", "slices", "upgrade"])
@pytest.mark.parametrize("example", ["helpdesk"])
def test_a_built_project_holds(example: str, probe: str, built: Callable[[str], Path], proven: Prove) -> None:
    result = proven(built(example), probe)
    assert result.verdict is Verdict.HELD, result
