"""Mail about accounts: what a design asks for is built and passes its own tests, and leaves no trace otherwise."""

import subprocess
import sys
from pathlib import Path

import pytest

from backend_architect.decisions import decide_all
from backend_architect.design import read_design
from backend_architect.design.save import change_design
from backend_architect.project import build_project
from backend_architect.proposal import propose_from_text

DESIGN = propose_from_text("We need an API for our social sharing feature").text
TRACES = ("smtp", "mailbox", "auth_letters", "unconfirmed", "send_mail")


def built(unconfirmed: str | None, **more: object) -> dict[str, str]:
    changes = {"auth.unconfirmed": unconfirmed} if unconfirmed else {}
    loaded = read_design(change_design(DESIGN, {**changes, **more}))  # type: ignore[arg-type]
    return dict(build_project(loaded, decide_all(loaded.design)).files)


def test_what_is_not_asked_for_leaves_no_trace() -> None:
    code = {path: text.lower() for path, text in built(None).items() if not path.startswith("docs/")}
    code.pop("app/auth/common_passwords.txt")
    assert {path: word for path, text in code.items() for word in TRACES if word in text} == {}


def test_mail_brings_the_worker_that_sends_it() -> None:
    files = built("nothing", events=None)
    assert "send_mail" in files["app/worker.py"]
    assert "CREATE TABLE pgqueuer" in files["migrations/0001_infrastructure.sql"]
    assert "worker" in files["compose.yaml"]


def test_a_sentence_asks_for_it() -> None:
    text = propose_from_text("A recipe site where people confirm their email").text
    assert "unconfirmed: nothing" in text


@pytest.mark.slow
@pytest.mark.parametrize(
    ("unconfirmed", "more"),
    [
        ("nothing", {"auth.sign_in": ["password", "google"], "clients": ["web", "mobile"]}),
        ("read", {"clients": ["mobile"]}),
        ("write", {"events": None, "clients": ["web"]}),
    ],
)
def test_the_built_project_passes_its_own_tests(unconfirmed: str, more: dict[str, object], tmp_path: Path) -> None:
    for name, text in built(unconfirmed, **more).items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    for command in (["ruff", "check", "."], ["mypy"], ["pytest", "-q", "tests/auth", "tests/runtime/test_settings.py"]):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr
