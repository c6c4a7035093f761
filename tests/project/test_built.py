"""What is built reads well and passes the strict checks that it brings along, for every kind of design."""

import ast
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from backend_architect.decisions import decide_all
from backend_architect.design import Design, load_design
from backend_architect.pipeline import warnings_of
from backend_architect.project import Project, build_project
from backend_architect.queries import build_queries, resolve_design
from backend_architect.schema import build_schema
from tests.conftest import EXAMPLES, RIGHT_DESIGNS, ROOT

SOCIAL = ROOT / "examples/social-sharing/backend.yaml"
MOST_LINES_OF_A_FUNCTION = 40
MOST_LINES_OF_A_ROUTE = 12


@cache
def built(path: Path) -> Project:
    loaded = load_design(path)
    return build_project(loaded, decide_all(loaded.design))


def functions(project: Project) -> Iterator[tuple[str, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path, text in project.files.items():
        if path.startswith("app/") and path.endswith(".py"):
            for node in ast.walk(ast.parse(text)):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield path, node


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return (node.end_lineno or 0) - node.lineno + 1


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}")
def test_it_passes_its_own_strict_checks(path: Path, tmp_path: Path) -> None:
    for name, text in built(path).files.items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    for command in (["ruff", "check", "."], ["ruff", "format", "--check", "."], ["mypy"]):
        done = subprocess.run(
            [sys.executable, "-m", *command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout[-4_000:] + done.stderr[-1_000:]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.parent.name)
def test_its_functions_are_short(path: Path) -> None:
    project = built(path)
    assert [
        (file, node.name, length(node)) for file, node in functions(project) if length(node) > MOST_LINES_OF_A_FUNCTION
    ] == []
    routes = [(file, node) for file, node in functions(project) if file.endswith("/routes.py")]
    assert [(file, node.name) for file, node in routes if length(node) > MOST_LINES_OF_A_ROUTE] == []


def test_social_sharing_stays_small() -> None:
    parts: Counter[str] = Counter()
    for path, text in built(SOCIAL).files.items():
        if path.startswith("app/") and path.endswith(".py"):
            part = path.split("/")[1] if path.count("/") > 1 else "core"
            parts[part] += sum(bool(line.strip()) for line in text.splitlines())
    assert parts.total() <= 3_540
    assert parts["core"] / parts.total() <= 0.55, "lines that no resource owns: see docs/decisions/0031"


@pytest.mark.parametrize("path", sorted(ROOT.glob("examples/*/backend.yaml")), ids=lambda path: path.parent.name)
def test_who_may_change_a_row_of_an_example_may_read_it(path: Path) -> None:
    assert "action-wider-than-read" not in {warning.code for warning in warnings_of(load_design(path))}


def test_docstrings_say_what_the_design_does() -> None:
    files = built(SOCIAL).files
    for name in ("routes", "queries"):
        text = files[f"app/posts/{name}.py"]
        assert '"""Return a page of the posts in `feed`, newest first."""' in text
        assert '"""Return a page of the posts of a user, newest first."""' in text
    assert '"""What a post shows of the user that is its `author`."""' in files["app/posts/schemas.py"]


def test_the_root_shows_the_domain() -> None:
    root = {path.split("/")[1] for path in built(SOCIAL).files if path.startswith("app/")}
    started = {"__init__.py", "main.py", "serve.py", "migrate.py", "worker.py"}
    assert root == started | {"auth", "core", "posts", "comments", "follows", "likes", "users"}
    page = built(SOCIAL).files["app/core/README.md"]
    modules = {path.split("/")[2] for path in built(SOCIAL).files if re.fullmatch(r"app/core/\w+\.py", path)}
    assert {name for name in modules - {"__init__.py"} if f"`{name}`" not in page} == set()
    assert set(re.findall(r"^\| `(\w+\.py)`", page, re.MULTILINE)) <= modules


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}")
def test_every_setting_reaches_the_containers_and_is_explained(path: Path) -> None:
    files = built(path).files
    [settings] = [
        node for node in ast.parse(files["app/core/settings.py"]).body if getattr(node, "name", "") == "Settings"
    ]
    assert isinstance(settings, ast.ClassDef)
    fields = [item.target for item in settings.body if isinstance(item, ast.AnnAssign)]
    names = {ast.unparse(target).upper() for target in fields}
    assert len(names) >= 14
    assert names <= set(re.findall("^#?([A-Z0-9_]+)=", files[".env.example"], re.MULTILINE))
    compose = YAML(typ="safe").load(files["compose.yaml"])
    services = compose["services"]
    for service in {"api", "worker", "migrate"} & set(services):
        assert names <= set(services[service]["environment"]), service
    decided = next(each for each in decide_all(load_design(path).design) if each.slug == "key-value-store")
    shared = {"valkey"} if decided.answer == "valkey" else set()
    assert shared == ({"valkey"} if path.parent == ROOT / "tests/cases/designs/right/shop" else set())
    assert {"valkey"} & set(services) == {"valkey"} & set(services["api"]["depends_on"]) == shared
    assert {name for name in names if name in ("VALKEY_URL", "DATABASE_POOLER")} == (
        {"VALKEY_URL", "DATABASE_POOLER"} if shared else set()
    )


def test_a_busy_design_gets_valkey_and_a_sample_of_its_slow_statements() -> None:
    loaded = load_design(SOCIAL)
    load = replace(loaded.design.load, reads=20_000, p95_ms=80)
    busy = replace(loaded, design=replace(loaded.design, load=load))
    files = build_project(busy, decide_all(busy.design)).files
    compose = YAML(typ="safe").load(files["compose.yaml"])
    assert compose["services"]["api"]["environment"]["VALKEY_URL"] == "redis://valkey:6379/0"
    assert compose["services"]["api"]["depends_on"]["valkey"] == {"condition": "service_healthy"}
    assert compose["services"]["valkey"]["image"].startswith("valkey/valkey:")
    assert "slow_query: float = Field(0.04, gt=0)" in files["app/core/settings.py"]
    assert "#SLOW_QUERY=0.04\n" in files[".env.example"]
    assert "SAMPLE = 0.01 " in files["app/core/database.py"]
    assert "SAMPLE" not in built(SOCIAL).files["app/core/database.py"]


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}")
def test_building_twice_gives_the_same(path: Path) -> None:
    loaded = load_design(path)
    assert build_project(loaded, decide_all(loaded.design)) == built(path)


def test_what_a_design_does_not_have_is_not_built() -> None:
    smallest = built(ROOT / "tests/cases/designs/right/smallest/backend.yaml").files
    for absent in (
        "app/auth/routes.py",
        "app/worker.py",
        "app/core/cache.py",
        "app/core/files.py",
        "app/core/idempotency.py",
    ):
        assert absent not in smallest
        assert absent in built(SOCIAL).files or absent == "app/core/files.py"


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}")
def test_every_statement_carries_its_name_and_takes_parameters_only(path: Path) -> None:
    design = load_design(path).design
    for query in _queries(design):
        first, *named = query.sql.split()[:4]
        assert first in {"SELECT", "WITH", "DELETE", "UPDATE", "INSERT"}
        assert named == ["/*", query.name, "*/"]  # after the first word: some tools drop what stands before it
        numbers = {f"${number}" for number in range(1, len(query.params) + 1)}
        assert all(number in query.sql for number in numbers), query.name


@pytest.mark.parametrize("path", RIGHT_DESIGNS, ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}")
def test_every_index_is_needed_and_every_foreign_key_indexed(path: Path) -> None:
    design = load_design(path).design
    decisions = decide_all(design)
    queries = build_queries(resolve_design(design, decisions.is_kept))
    schema = build_schema(resolve_design(design, decisions.is_kept), queries)
    names = {query.name for query in queries.all()}
    for table in schema.tables:
        leading = (
            {index.keys[0] for index in table.indexes} | {table.primary_key[0]} | {group[0] for group in table.unique}
        )
        assert {key.column for key in table.foreign_keys} <= leading, table.name
        for index in table.indexes:
            assert index.needed_by
            assert all(name in names or name.startswith("delete from ") for name in index.needed_by)


def _queries(design: Design):
    return build_queries(resolve_design(design, decide_all(design).is_kept)).all()
