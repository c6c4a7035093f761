"""Checking: it never fails itself, names every fault once, and covers what the project reserves."""

import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, given, settings

from backend_architect.design import check_design, read_design
from backend_architect.design.check import CHECKS
from backend_architect.design.check.plurals import RESERVED_PLURALS
from backend_architect.design.model import Design
from backend_architect.design.write import write_design

from .cases import REPOSITORY, WRONG
from .generated import DESIGNS

BOUNDED = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow],
)
HEAD = "design: 1\nbackend: big\nentities:\n"


@BOUNDED
@given(DESIGNS)
def test_any_design_can_be_checked(design: Design) -> None:
    loaded = read_design(write_design(design))
    problems = check_design(loaded)
    assert len(set(problems)) == len(problems)
    for problem in problems:
        assert problem.place.line >= 1
        assert problem.place.path
        assert problem.message


def test_problems_come_in_the_order_of_the_file() -> None:
    for folder in WRONG:
        lines = (folder / "expected.txt").read_text().splitlines()
        places = [tuple(map(int, line.split()[1].split(":"))) for line in lines]
        assert places == sorted(places), folder.name


def test_five_hundred_entities_are_checked_in_seconds_and_more_are_refused() -> None:
    entity = "  thing_{0}:\n    fields: {{name: text}}\n    allow: {{read: name = 'x', create: anyone}}\n"
    started = time.process_time()
    assert check_design(read_design(HEAD + "".join(map(entity.format, range(500))))) == ()
    assert time.process_time() - started < 10
    (problem,) = check_design(read_design(HEAD + "".join(map(entity.format, range(501)))))
    assert problem.code == "too-many-entities"


def test_every_module_of_a_built_project_is_reserved() -> None:
    app = REPOSITORY / "src" / "backend_architect" / "project" / "templates" / "app"
    names = {path.name.split(".")[0] for path in app.iterdir()} - {"__init__", "__pycache__"}
    assert {name for name in names if "{" not in name} <= RESERVED_PLURALS


def test_each_check_has_its_file_and_says_what_it_yields() -> None:
    folder = Path(REPOSITORY / "src" / "backend_architect" / "design" / "check")
    files = {path.stem for path in folder.glob("*.py")} - {"__init__", "paths", "pins"}
    assert {check.__name__.removeprefix("check_") for check in CHECKS} == files
    assert all((check.__doc__ or "").startswith("Yield ") for check in CHECKS)


def test_pins_are_checked_against_the_decisions_that_are_given() -> None:
    text = "design: 1\nbackend: a\npin: {main-databse: mongodb, cache: redis, queue: none}\nentities: {}\n"
    decisions = {"main-database": ("postgresql", "mongodb"), "cache": ("none", "valkey"), "queue": ()}
    problems = check_design(read_design(text), decisions=decisions)
    found = [(problem.code, problem.place.path, problem.fix) for problem in problems if "pin" in problem.place.path]
    assert found == [
        ("unknown-decision", "pin.main-databse", "did you mean `main-database`?"),
        ("unknown-answer", "pin.cache", "known here: `none`, `valkey`"),
    ]
