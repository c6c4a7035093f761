"""The reference of the commands is what they say themselves, and what they print with --json is described."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from backend_architect.cli.reference import commands_page
from tests.cli.described import SCHEMA, assert_described
from tests.cli.typed import EXAMPLE, architect
from tests.docs.pages import ROOT

PRINTED = {
    "check": (("check", str(EXAMPLE)), 0),
    "explain": (("explain", "post.visible", str(EXAMPLE)), 0),
    "decisions": (("decide", str(EXAMPLE)), 0),
    "decision": (("decide", str(EXAMPLE), "--only", "cache"), 0),
    "flips": (("decide", str(EXAMPLE), "--load", "100x"), 0),
    "build": (("build", "there", "--design", str(EXAMPLE), "--dry-run"), 0),
    "design": (("a small blog", "--no-build"), 0),
    "sentence": (("a small blog",), 0),
    "added": (("add", "sign-in with Google", "--dir", "built", "--dry-run"), 0),
    "unchanged": (("add", "sign-in with Google", "--dir", "built", "--yes"), 0),
    "failure": (("check", "nowhere"), 1),
}


def test_the_page_is_what_the_commands_say() -> None:
    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    assert page == commands_page(), "make docs"


@pytest.mark.parametrize("name", PRINTED)
def test_what_is_printed_is_described(tmp_path: Path, name: str) -> None:
    words, status = PRINTED[name]
    if "built" in words:
        assert architect("a small blog", "--dir", "built", folder=tmp_path).status == 0
    if name == "unchanged":
        assert architect(*words, folder=tmp_path).status == 0
    answer = architect(*words, "--json", folder=tmp_path)
    assert answer.status == status, answer.err
    assert_described(json.loads(answer.out), name)


def test_the_schema_is_one_and_every_kind_of_document_is_tried() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    elsewhere = {"up", "probes", "evidence"}  # tests/cli/test_up.py, tests/cli/test_prove.py
    assert set(schema["$defs"]) - elsewhere - {"problem", "change"} == set(PRINTED)
