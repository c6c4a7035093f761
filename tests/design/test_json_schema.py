"""The published JSON Schema accepts what is read and refuses what is not: both come from the same tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from backend_architect.design import load_design
from backend_architect.design.json_schema import design_json_schema
from backend_architect.errors import DesignError

from .cases import RIGHT, WRONG

SCHEMA = design_json_schema()
BEYOND_A_SCHEMA = {
    "not-text", "yaml-syntax", "yaml-anchor", "yaml-alias", "yaml-tag", "merge-key", "duplicate-key", "bad-key",
    "tab-indentation", "several-documents", "empty-design", "too-deep", "unknown-side", "duplicate-field",
}  # fmt: skip
"""What is wrong with the text before it is data, and what compares two places."""


def data_of(path: Path) -> Any:
    """Return a file as YAML 1.2 data, as an editor sees it."""
    return YAML(typ="safe", pure=True).load(path.read_text())


def shape_codes(path: Path) -> set[str]:
    """Return the codes of a file's problems of shape."""
    try:
        load_design(path)
    except DesignError as error:
        return {problem.code for problem in error.problems}
    return set()


SHAPE_WRONG = [folder for folder in WRONG if shape_codes(folder / "backend.yaml") - BEYOND_A_SCHEMA]
SHAPE_RIGHT = [folder / "backend.yaml" for folder in WRONG if not shape_codes(folder / "backend.yaml")] + RIGHT


def properties_in(schema: Any) -> Iterator[tuple[str, Any]]:
    """Return every named property anywhere in a schema."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {}).items()
        for value in schema.values():
            yield from properties_in(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from properties_in(value)


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["required"] == ["design", "backend", "entities"]


@pytest.mark.parametrize("path", SHAPE_RIGHT, ids=lambda path: path.parent.name)
def test_what_is_read_is_accepted(path: Path) -> None:
    errors = [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(SCHEMA).iter_errors(data_of(path))
    ]
    assert errors == []


@pytest.mark.parametrize("folder", SHAPE_WRONG, ids=lambda folder: folder.name)
def test_what_is_not_read_is_refused(folder: Path) -> None:
    assert not Draft202012Validator(SCHEMA).is_valid(data_of(folder / "backend.yaml"))


def test_both_sides_have_enough_cases() -> None:
    assert len(SHAPE_WRONG) > 15
    assert len(SHAPE_RIGHT) > 50


def test_every_property_is_described() -> None:
    found = list(properties_in(SCHEMA))
    assert len(found) > 100
    assert [name for name, schema in found if not schema.get("description")] == []


def test_no_object_is_open() -> None:
    def objects(schema: Any) -> Iterator[Any]:
        if isinstance(schema, dict):
            if schema.get("type") == "object":
                yield schema
            for value in schema.values():
                yield from objects(value)
        elif isinstance(schema, list):
            for value in schema:
                yield from objects(value)

    assert all(schema["additionalProperties"] is False for schema in objects(SCHEMA))
