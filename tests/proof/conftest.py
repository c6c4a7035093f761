"""What the tests of the proof share: one PostgreSQL, the examples built once, and copies weakened in one point."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from backend_architect.cli.app import run
from backend_architect.postgres import EmbeddedServer, start_embedded
from backend_architect.proof import Lab, Result, Verdict, choose_probes, prove, read_subject
from backend_architect.proof.lab import FAST
from tests.proof.weakness import Weakness

ROOT = Path(__file__).parents[2]
EXAMPLES, RIGHT, RULES = ROOT / "examples", ROOT / "tests/cases/designs/right", ROOT / "tests/rules/designs"

Prove = Callable[[Path, str], Result]
Weaken = Callable[..., Path]
AssertFound = Callable[[Weakness], None]
AssertHolds = Callable[[str, Sequence[str]], None]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """The PostgreSQL that all labs of this run share."""
    with start_embedded(tmp_path_factory.mktemp("proof") / "postgres", FAST) as started:
        yield started


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """Return the folder of an example, built once."""
    folders: dict[str, Path] = {}

    def build(name: str) -> Path:
        if name not in folders:
            folders[name] = tmp_path_factory.mktemp(name) / name
            designs = (EXAMPLES / name / "backend.yaml", RIGHT / name / "backend.yaml", RULES / f"{name}.yaml")
            design = next(path for path in designs if path.exists())
            assert run(["build", str(folders[name]), "--design", str(design)]) == 0
        return folders[name]

    return build


@pytest.fixture
def weaken(tmp_path: Path, built: Callable[[str], Path]) -> Weaken:
    """Return a copy of an example in which a text of one file is replaced: `weaken("app/main.py", old, new)`."""

    def weakened(file: str, old: str, new: str, *, example: str = "social-sharing") -> Path:
        folder = tmp_path / "weakened"
        if not folder.exists():
            shutil.copytree(built(example), folder, ignore=shutil.ignore_patterns(".data", "__pycache__"))
        text = (folder / file).read_text()
        assert text.count(old) == 1, f"{file} does not have {old!r} once any more: weaken it where it is strong now"
        (folder / file).write_text(text.replace(old, new))
        return folder

    return weakened


@pytest.fixture
def proven(server: EmbeddedServer) -> Prove:
    """Return the result of one probe on a project: `proven(folder, "P01")`."""

    def try_one(folder: Path, probe: str) -> Result:
        with Lab(read_subject(folder), print, server) as lab:
            return list(prove(lab, choose_probes([probe])))[-1].evidence.results[0]

    return try_one


@pytest.fixture
def assert_found(weaken: Weaken, proven: Prove) -> AssertFound:
    """Return what fails unless a weakness is found by its probe."""

    def found(weakness: Weakness) -> None:
        for edit in weakness.edits:
            folder = weaken(*edit, example=weakness.example)
        result = proven(folder, weakness.probe)
        assert result.verdict is Verdict.FAILED, result

    return found


@pytest.fixture
def assert_holds(built: Callable[[str], Path], server: EmbeddedServer) -> AssertHolds:
    """Return what fails unless every one of the probes holds on an example: `assert_holds("mail", ["M01", "M02"])`."""

    def holds(example: str, probes: Sequence[str]) -> None:
        with Lab(read_subject(built(example)), print, server) as lab:
            results = list(prove(lab, choose_probes(probes)))[-1].evidence.results
        assert {result.probe: result.verdict for result in results} == dict.fromkeys(probes, Verdict.HELD), results

    return holds
