"""What `docs/reference/commands.schema.json` says of a document: all that is required, and nothing beside it."""

import json
from functools import cache

from jsonschema import Draft202012Validator

from tests.cli.typed import ROOT

SCHEMA = ROOT / "docs/reference/commands.schema.json"


def assert_described(document: object, name: str) -> None:
    """Fail where a document is not as the schema has it, or holds a key that the schema does not name."""
    Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": _strict()["$defs"]}).validate(document)


@cache
def _strict() -> dict[str, object]:
    return json.loads(SCHEMA.read_text(encoding="utf-8"), object_hook=_closed)  # type: ignore[no-any-return]


def _closed(each: dict[str, object]) -> dict[str, object]:
    return {**each, "additionalProperties": False} if each.get("type") == "object" and "properties" in each else each
