"""Sign-in with providers: what a design asks for is built and passes its own tests, and leaves no trace otherwise."""

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
TRACES = ("google", "github", "openid", "authlib", "httpx2", "auth_identities", "oauth")


def built(ways: list[str], clients: list[str]) -> dict[str, str]:
    text = change_design(DESIGN, {"auth.sign_in": ways, "clients": clients})
    loaded = read_design(text)
    return dict(build_project(loaded, decide_all(loaded.design)).files)


def test_what_is_not_asked_for_leaves_no_trace() -> None:
    assert traces(built(["password"], ["web", "mobile"]), TRACES) == {}


def test_a_provider_that_is_not_asked_for_leaves_no_trace() -> None:
    files = built(["password", "openid"], ["web"])
    code = {path: text for path, text in files.items() if not path.startswith("tests/")}
    assert traces(code, ("google", "github")) == {}


def traces(files: dict[str, str], words: tuple[str, ...]) -> dict[str, list[str]]:
    """Return which words are in which file, past those that name other things."""
    others = ("docs/", ".github/", "app/auth/common_passwords.txt")
    mine = {path: text.lower() for path, text in files.items() if not path.startswith(others)}
    found = {path: [word for word in words if word in text.replace(".github", "")] for path, text in mine.items()}
    return {path: words for path, words in found.items() if words}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("ways", "clients"),
    [(["password", "google", "github"], ["web", "mobile"]), (["password", "openid"], ["mobile"])],
    ids=["browsers", "apps"],
)
def test_the_built_project_passes_its_own_tests(ways: list[str], clients: list[str], tmp_path: Path) -> None:
    for name, text in built(ways, clients).items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    tests = ["tests/auth/providers", "tests/runtime/test_settings.py", "tests/runtime/test_openapi.py"]
    for command in (["ruff", "check", "."], ["mypy"], ["pytest", "-q", "-p", "no:cacheprovider", *tests]):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=600
        )
        assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-1_000:]
