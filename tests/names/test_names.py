"""Every name can be chosen: it is built into a project that works, or refused with another name that is.

Each run tries what the modules of slices use; `ARCHITECT_TEST_ALL_NAMES=1`, or `make test-names`, all that there is.
"""

import ast
import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from backend_architect.decisions import decide_all
from backend_architect.design import LoadedDesign, check_design, read_design
from backend_architect.errors import Problem
from backend_architect.postgres import EmbeddedServer
from backend_architect.project import build_project
from tests.queries.test_on_postgres import problems_of

from .trial_designs import PLACES, Make, Names, chunks
from .words import all_words, few_words

pytestmark = pytest.mark.slow

ALL = bool(os.environ.get("ARCHITECT_TEST_ALL_NAMES"))
WORDS = all_words() if ALL else few_words()
IMPORT_ALL = """
import importlib, pathlib
for path in sorted([*pathlib.Path("app").rglob("*.py"), *pathlib.Path("tests").glob("*.py")]):
    importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
from app.main import create_app
from app.core.settings import Settings
create_app(Settings(database_url="postgresql://x/x", jwt_secret="x" * 40)).openapi()
"""


@pytest.mark.parametrize("place", PLACES)
def test_every_name_is_built_or_refused_with_one_that_is(place: str, server: EmbeddedServer, tmp_path: Path) -> None:
    make, size = PLACES[place]
    words = WORDS[::8] if place == "roles" and not ALL else WORDS  # twenty roles are all that a design can have
    for number, names in enumerate(chunks(words, size)):
        loaded = accepted(place, make, names)
        folder = tmp_path / str(number)
        write(loaded, folder)
        assert asyncio.run(problems_of(loaded.design, server)) == []
        assert imported(folder) == ""


def accepted(place: str, make: Make, names: Names) -> LoadedDesign:
    """Return the design, with each name that is refused replaced by the one that check suggests."""
    told = [
        (refused_name(place, problem, names), suggested(problem)) for problem in check_design(read_design(make(names)))
    ]
    better = {name: other for name, other in told if name and other}
    chosen = {word: better.get(name, name) for word, name in names.items()}
    loaded = read_design(make(chosen))
    left = [(problem.place.path, problem.message, problem.fix) for problem in check_design(loaded)]
    assert left == [], f"{place}: told {told}"
    return loaded


def refused_name(place: str, problem: Problem, names: Names) -> str | None:
    """Return which name a problem is about, by the place of that name in the file."""
    path = problem.place.path.split(".")
    if place == "use_cases":
        return [*names.values()][int(path[1])]
    if place == "roles" and path[0] == "auth":
        return [*names.values()][int(path[2])]
    if place == "fields" and path[0] == "lists":
        return "search" if path[1] == "zq_search" else [*names.values()][int(path[1].rpartition("_")[2])]
    told = path[-1] if place in {"fields", "numbers", "relations", "rules"} else path[1]
    if place in {"plurals", "handlers"}:
        told = told.removeprefix("zq_").removesuffix("_rows")
    return told if told in names.values() else None


def suggested(problem: Problem) -> str | None:
    """Return the name that a problem's fix suggests, where it is about a name."""
    found = re.search(r"(?:such as|name the relation|to|e.g.) `(?:app/zq_things/)?([a-z0-9_]+)(?:\.py)?`", problem.fix)
    return found[1] if found else None


def write(loaded: LoadedDesign, folder: Path) -> None:
    for path, text in build_project(loaded, decide_all(loaded.design)).files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        if path.endswith(".py"):
            compile(text, path, "exec", ast.PyCF_ONLY_AST)


def imported(folder: Path) -> str:
    """Return what goes wrong where every module of a built project is imported, and its document made."""
    command = [sys.executable, "-W", "error::UserWarning", "-c", IMPORT_ALL]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.stderr[-3_000:]
