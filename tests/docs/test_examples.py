"""Every YAML example in the documentation can be read: a design without problems, alone or inside a minimal one.

An example that is marked `baseline`, or stands on the page of a finding, is a file for `architect tune --baseline`. One
that is marked with a path is another file, which the tests of its page try.
"""

from collections.abc import Mapping
from io import StringIO
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from backend_architect.decisions import questions
from backend_architect.design import check_design, read_design
from backend_architect.tune import RULES
from backend_architect.tune.accepted import read_accepted
from tests.docs.pages import PAGES, ROOT, Block, Page

MARKS = {"complete", "fragment", "fields"}
MINIMAL = """\
design: 1
backend: example
auth: {account: user, roles: [moderator]}
entities:
  user: {fields: {name: {type: text, max: 80}}, allow: {read: anyone, update: id = me}}
"""
FINDINGS = ROOT / "docs" / "findings"
TUTORIAL = ROOT / "docs" / "tutorial.md"  # its pieces are tried together, by test_tutorial.py
BLOCKS = [block for path in PAGES if path != TUTORIAL for block in Page(path).blocks() if block.language == "yaml"]
BASELINES = [block for block in BLOCKS if block.mark == "baseline" or block.page.parent == FINDINGS]
OTHER_FILES = [
    block for block in BLOCKS if block.mark.endswith((".yaml", ".yml")) and not block.mark.startswith("from ")
]
EXAMPLES = [block for block in BLOCKS if block not in BASELINES and block not in OTHER_FILES]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 10
    assert len(BASELINES) >= len(RULES)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_is_a_design_without_problems(example: Block) -> None:
    assert example.mark in MARKS or example.mark.startswith("from "), (
        "mark it: complete, fragment, fields or from <file>"
    )
    if example.mark in MARKS:
        assert check_design(read_design(whole(example)), decisions=questions()) == ()


@pytest.mark.parametrize("example", BASELINES, ids=str)
def test_a_baseline_can_be_read_and_accepts_findings_that_there_are(example: Block, tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(example.text, encoding="utf-8")
    codes = {key.partition(":")[0] for key in read_accepted(file)}
    assert codes and codes <= {rule.code for rule in RULES}


def whole(example: Block) -> str:
    """Return the design that an example stands for."""
    if example.mark == "complete":
        return example.text
    yaml = YAML(typ="safe", pure=True)
    given = yaml.load(example.text)
    if example.mark == "fields":
        given = {"entities": {"thing": {"fields": given, "allow": {"read": "anyone", "create": "signed_in"}}}}
    text = StringIO()
    yaml.dump(_merged(yaml.load(MINIMAL), given), text)
    return text.getvalue()


def _merged(base: Mapping[str, object], more: Mapping[str, object]) -> dict[str, object]:
    result = dict(base)
    for key, value in more.items():
        own = result.get(key)
        both = isinstance(own, Mapping) and isinstance(value, Mapping)
        result[key] = _merged(own, value) if both else value  # type: ignore[arg-type]
    return result
