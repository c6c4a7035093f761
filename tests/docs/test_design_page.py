"""docs/design-file.md names every key and every word of the language."""

from collections.abc import Iterator

from backend_architect.cli.app import COMMANDS
from backend_architect.design.json_schema import design_json_schema
from tests.docs.pages import ROOT

TEXT = (ROOT / "docs" / "design-file.md").read_text(encoding="utf-8")


def test_every_key_and_word_of_the_language_is_on_the_page() -> None:
    words = {word for word in _words(design_json_schema()) if word.isidentifier()}
    assert {"fields", "no_overlap", "content_types", "money", "cascade"} <= words
    assert [word for word in sorted(words) if f"`{word}`" not in TEXT and f"`{word}:" not in TEXT] == []


def test_commands_that_pages_name_exist() -> None:
    for path in (ROOT / "docs").glob("*.md"):
        code = path.read_text(encoding="utf-8").split("`")
        assert {text.split()[1] for text in code if text.startswith("architect ") and '"' not in text} <= set(
            COMMANDS
        ), path


def _words(schema: object) -> Iterator[str]:
    """Return the names of all properties and the values of all enumerations."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        yield from (word for word in schema.get("enum", ()) if isinstance(word, str))
        for value in schema.values():
            yield from _words(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from _words(value)
