"""The design cases: folders with a backend.yaml, the wrong ones with what is expected to be said of it."""

from pathlib import Path

from backend_architect.design import check_design, load_design
from backend_architect.errors import DesignError, Problem

REPOSITORY = Path(__file__).parents[2]
CASES = REPOSITORY / "tests" / "cases" / "designs"
WRONG = sorted(path.parent for path in CASES.glob("wrong/*/backend.yaml"))
WARNED = sorted(path.parent for path in CASES.glob("warned/*/backend.yaml"))
RIGHT = sorted(
    [
        *CASES.glob("right/*/backend.yaml"),
        *REPOSITORY.glob("examples/*/backend.yaml"),
        REPOSITORY / "benchmarks/peers/backend.yaml",
    ]
)


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Return every problem of a design file, of its shape or else of its meaning."""
    try:
        return check_design(load_design(path))
    except DesignError as error:
        return error.problems


def said(problems: tuple[Problem, ...]) -> list[str]:
    """Return problems as lines of an expected.txt: `code line:column path`."""
    return [f"{p.code} {p.place.line}:{p.place.column} {p.place.path}".rstrip() for p in problems]
