"""The package that docs/plugins.md shows is installed as it stands there, and works; a wrong one is named."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from backend_architect import plugins
from tests.cli.typed import EXAMPLE, Typed, architect
from tests.docs.pages import ROOT, Page

PAGE = Page(ROOT / "docs" / "plugins.md")
FILES = {block.mark: block.text for block in PAGE.blocks() if "." in block.mark}
PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the page's package is installed in."""
    source, installed = tmp_path_factory.mktemp("acme"), tmp_path_factory.mktemp("installed")
    _write(source, FILES)
    words = [*PIP, "--no-deps", "--no-build-isolation", "--target", str(installed), str(source)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return installed


def _with(installed: Path, *words: str, folder: Path | None = None) -> Typed:
    return architect(*words, folder=folder, environment={"PYTHONPATH": str(installed)})


def test_the_tests_of_the_page_pass(acme: Path, tmp_path: Path) -> None:
    _write(tmp_path, {"test_acme.py": FILES["tests/test_acme.py"]})
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--basetemp", str(tmp_path / "own")]
    environment = {**os.environ, "PYTHONPATH": str(acme)}
    done = subprocess.run([*words, "."], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert "3 passed" in done.stdout


def test_a_decision_of_a_plugin_is_shown_and_can_be_pinned(acme: Path, tmp_path: Path) -> None:
    shown = json.loads(_with(acme, "decide", str(EXAMPLE), "--only", "acme-region", "--json").out)
    assert (shown["answer"], shown["summary"]) == ("eu", "Frankfurt")
    pinned = tmp_path / "backend.yaml"
    pinned.write_text(
        EXAMPLE.read_text(encoding="utf-8").replace("pin: {", "pin: {acme-region: us, "), encoding="utf-8"
    )
    assert _with(acme, "check", str(pinned)).status == 0
    without = architect("check", str(pinned))
    assert without.status == 1
    assert "unknown-decision" in without.err


ON_A_DATABASE = """
from dataclasses import replace
from backend_architect.tune import Observed, find_all
from tests.tune.catalog import CATALOG, POSTS
tables = (replace(POSTS, name="tmp_import", rows=rows) for rows in (9_999.0, 10_000.0))
for table in tables:
    print(sum(f.code == "acme-temporary-name" for f in find_all(Observed(replace(CATALOG, tables=(table,)), None))))
"""


def test_a_rule_of_a_plugin_finds(acme: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": f"{acme}:{ROOT}"}
    words = [sys.executable, "-c", ON_A_DATABASE]
    done = subprocess.run(words, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["0", "1"], done.stderr


def test_a_probe_of_a_plugin_is_listed(acme: Path) -> None:
    assert "ACME1" in _with(acme, "prove", "--list").out


def test_a_sentence_with_the_words_of_a_plugin_is_understood(acme: Path, tmp_path: Path) -> None:
    said = _with(acme, "We need an API for our wind turbines", "--no-build", folder=tmp_path)
    assert said.status == 0, said.err
    assert "turbine" in said.out


RULE = """
from backend_architect.tune.rule import Rule
RULE = Rule({code!r}, "", lambda observed: iter(()))
RULES = (RULE, 7)
def fail(): pass
"""
WRONG = {
    "missing": ("findings", "wrong_part:NOTHING", "loading wrong_part:NOTHING failed: AttributeError"),
    "absent": ("findings", "not_there:RULE", "loading not_there:RULE failed: ModuleNotFoundError"),
    "another type": ("findings", "wrong_part:fail", "it is no backend_architect.tune.rule.Rule but function"),
    "one of several": ("findings", "wrong_part:RULES", "it is no backend_architect.tune.rule.Rule but int"),
    "taken": ("findings", "wrong_part:TAKEN", "the name 'no-primary-key' is taken by backend-architect"),
    "no patterns": ("patterns", "wrong_part", "there is no YAML file"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_part_that_cannot_be_used_is_named_with_its_package(case: str, tmp_path: Path) -> None:
    group, value, message = WRONG[case]
    package = tmp_path / "wrong"
    part = RULE.format(code="acme-own") + 'TAKEN = Rule("no-primary-key", "", lambda observed: iter(()))\n'
    if group == "findings":
        _write(package, {"wrong_part.py": part})
        words = ["-c", "import backend_architect.tune as t; t.all_rules()"]
    else:
        _write(package, {"wrong_part/__init__.py": ""})
        words = ["-c", "import backend_architect.patterns as p; p.all_patterns()"]
    described = {
        "METADATA": "Metadata-Version: 2.1\nName: acme-wrong\nVersion: 2.0\n",
        "entry_points.txt": f"[backend_architect.{group}]\nown = {value}\n",
    }
    _write(package / "acme_wrong-2.0.dist-info", described)
    environment = {**os.environ, "PYTHONPATH": str(package)}
    done = subprocess.run([sys.executable, *words], env=environment, capture_output=True, text=True, check=False)
    assert "PluginFailed" in done.stderr
    assert f"a part of acme-wrong 2.0 (own) cannot be used: {message}" in done.stderr


def test_the_page_names_the_groups_that_the_tool_reads() -> None:
    named = tomllib.loads(FILES["pyproject.toml"])["project"]["entry-points"]
    assert set(named) == {plugins.FINDINGS, plugins.PROBES, plugins.DECISIONS, plugins.PATTERNS}
