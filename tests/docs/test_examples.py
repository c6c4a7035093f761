"""Every YAML example in the documentation is a design without problems, alone or inside a minimal one."""

from collections.abc import Mapping
from io import StringIO

import pytest
from ruamel.yaml import YAML

from backend_architect.decisions import questions
from backend_architect.design import check_design, read_design
from tests.docs.pages import PAGES, Block, Page

MARKS = {"complete", "fragment", "fields"}
MINIMAL = """\
design: 1
backend: example
auth: {account: user, roles: [moderator]}
entities:
  user: {fields: {name: {type: text, max: 80}}, allow: {read: anyone, update: id = me}}
"""
EXAMPLES = [block for path in PAGES for block in Page(path).blocks() if block.language == "yaml"]


def test_there_are_examples() -> None:
    assert len(EXAMPLES) > 10


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_an_example_is_a_design_without_problems(example: Block) -> None:
    assert example.mark in MARKS or example.mark.startswith("from "), (
        "mark it: complete, fragment, fields or from <file>"
    )
    if example.mark in MARKS:
        assert check_design(read_design(whole(example)), decisions=questions()) == ()


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
