"""What every file of the tool keeps to."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "backend_architect"
FILES = [path for path in sorted(SOURCE.rglob("*.py")) if "templates" not in path.parts]
MOST_LINES_OF_A_FILE = 400
MOST_LINES_OF_A_FUNCTION = 60
MOST_PARAMETERS = 5
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "base"}
WRITERS = {
    "project/formatting.py",  # a temporary folder for ruff
    "proof/faults/clock_skew.py",  # copies of the project that a proof tries
    "proof/maintain/upgrade.py",
    "proof/mutation/weakening.py",
    "tune/comparing/session.py",  # a snapshot
    "tune/migration/journal.py",
}
"""What writes files beside the command line and embedded servers."""
VAGUE_BOUNDS = {"MANY", "MUCH", "FEW", "SOME", "OFTEN", "TOO_MANY", "TOO_MUCH"}
RIDDLES = {
    **dict.fromkeys(("told", "heard"), "message, reported, summary"),
    **dict.fromkeys(("wish", "wishes"), "request, options"),
    **dict.fromkeys(("mend", "mended"), "fix"),
    **dict.fromkeys(("dear", "dearer", "dearest"), "cost, costliest"),
    "came": "actual",
    "toll": "min_benefit",
    "shake": "perturb",
    "shelf": "list_rows",
    "crowd": "what they are: senders, readers",
    "amid": "during",
}
"""Words that a stranger has to guess, and what is written in their place."""


def _functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text())
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _name(path: Path) -> str:
    return str(path.relative_to(SOURCE))


def test_no_file_is_too_long() -> None:
    long = {_name(path): n for path in FILES if (n := len(path.read_text().splitlines())) > MOST_LINES_OF_A_FILE}
    assert not long


def test_no_function_is_too_long() -> None:
    long = {
        f"{_name(path)}:{function.name}": n
        for path in FILES
        for function in _functions(path)
        if (n := (function.end_lineno or 0) - function.lineno + 1) > MOST_LINES_OF_A_FUNCTION
    }
    assert not long


def test_no_function_takes_more_than_five_positional_parameters() -> None:
    many = [
        f"{_name(path)}:{function.name}"
        for path in FILES
        for function in _functions(path)
        if len([a for a in function.args.args if a.arg not in {"self", "cls"}]) > MOST_PARAMETERS
    ]
    assert not many


def test_only_the_command_line_prints() -> None:
    printing = [
        _name(path)
        for path in FILES
        if not path.is_relative_to(SOURCE / "cli")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"
    ]
    assert not printing


def test_only_the_command_line_writes_files_but_for_what_keeps_its_own() -> None:
    writing = {
        _name(path)
        for path in FILES
        if not any(path.is_relative_to(SOURCE / home) for home in ("cli", "postgres", "planner_twin"))
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in {"write_text", "write_bytes", "mkdir", "unlink"}
    }
    assert writing == WRITERS


def test_every_file_says_what_it_is() -> None:
    silent = [
        _name(path) for path in FILES if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert not silent


def test_names_say_something() -> None:
    assert not [_name(path) for path in FILES if path.stem in VAGUE_NAMES]


def test_names_are_the_terms_of_the_field() -> None:
    riddles = [
        f"{_name(path)}:{line} {name}" for path in FILES for name, line in _given_names(path) if _is_riddle(name)
    ]
    assert not riddles, f"instead: {RIDDLES}; a bound says what it bounds: MIN_CALLS, MAX_ROWS"


def test_the_names_of_the_house_would_be_caught() -> None:
    assert all(map(_is_riddle, ("told", "_dearest", "MEND_OF", "WishList", "MANY", "TOO_MUCH")))
    assert not any(map(_is_riddle, ("untold", "MANY_STATEMENTS", "wishbone", "_fix", "actual")))


def _given_names(path: Path) -> Iterator[tuple[str, int]]:
    """Give each name that a file defines: functions, classes, parameters, variables; with its line."""
    yield path.stem, 1
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno


def _is_riddle(name: str) -> bool:
    words = {word.lower() for word in re.split(r"_|(?<=[a-z])(?=[A-Z])", name)}
    return name in VAGUE_BOUNDS or not words.isdisjoint(RIDDLES)


@pytest.mark.parametrize(
    ("library", "homes"), [("asyncpg", ("postgres",)), ("jinja2", ("project", "report")), ("typer", ("cli",))]
)
def test_a_library_has_its_homes(library: str, homes: tuple[str, ...]) -> None:
    elsewhere = [
        _name(path)
        for path in FILES
        if not any(path.is_relative_to(SOURCE / home) for home in homes)
        for node in ast.walk(ast.parse(path.read_text()))
        if library in _imported(node)
    ]
    assert not elsewhere


def _imported(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Import):
        return {alias.name.split(".")[0] for alias in node.names}
    return {(node.module or "").split(".")[0]} if isinstance(node, ast.ImportFrom) and not node.level else set()


def test_every_make_target_has_its_help() -> None:
    lines = (ROOT / "Makefile").read_text().splitlines()
    targets = [line for line in lines if line[:1].isalpha() and ":" in line and "=" not in line and "$" not in line[:2]]
    assert {line.split(":")[0] for line in targets} >= {"setup", "check", "fix", "test", "prove", "docs", "demo"}
    assert all("## " in line for line in targets)


def test_every_locked_package_has_a_hash_and_no_host() -> None:
    lock = (ROOT / "requirements-dev.txt").read_text()
    assert lock.count("==") * 1 <= lock.count("--hash=sha256:")
    assert "://" not in lock
    assert "-".join(("index", "url")) not in lock


def test_no_two_public_classes_have_one_name() -> None:
    homes: dict[str, list[str]] = {}
    for path in FILES:
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                homes.setdefault(node.name, []).append(_name(path))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}


def test_no_module_gives_a_name_twice() -> None:
    twice = {
        f"{_name(path)}:{name}"
        for path in FILES
        for name, number in Counter(_given(ast.parse(path.read_text()))).items()
        if number > 1 and name != "_"
    }
    assert not twice, "the second silently takes the place of the first, also for the code above it"


def _given(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        match node:
            case ast.Assign(targets=targets):
                parts = [part for each in targets for part in (each.elts if isinstance(each, ast.Tuple) else [each])]
                yield from (part.id for part in parts if isinstance(part, ast.Name))
            case ast.AnnAssign(target=ast.Name(id=name)):
                yield name
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.ImportFrom(names=names):
                yield from (each.asname or each.name for each in names)
