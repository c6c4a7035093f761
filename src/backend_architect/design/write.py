"""A design as the text of a `backend.yaml` that people read: what is not said by default is left out."""

from collections.abc import Mapping, Sequence

from backend_architect.design.model import Design
from backend_architect.design.to_data import design_tree
from backend_architect.design.yaml_text import Tree, entry_lines, item_lines

NARROW = 34
"""Where comments beside short lines begin."""

IN_BLOCKS = frozenset({"load", "auth", "limits", "entities", "edges", "lists", "events", "fields", "rules", "computed"})
"""Mappings that are one entry a line always; others are put on one line where they fit."""

IN_ITEMS = frozenset({"assumptions", "custom", "checks", "confirm"})


def write_design(design: Design, comments: Mapping[str, str] | None = None) -> str:
    """Return the design's text; `comments` stand beside or above the values at their paths, and "" heads the file.

    `read_design(write_design(design)).design == design`, given that lists and files state their `max`.
    """
    said = dict(comments or {})
    lines = [f"# {line}".rstrip() for line in _comment_lines(said.pop("", ""))]
    for key, value in design_tree(design).items():
        spaced = isinstance(value, Mapping | list) and lines and key in IN_BLOCKS | IN_ITEMS
        lines += ([""] if spaced else []) + _entry(key, value, key, said)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Tree, path: str, said: Mapping[str, str]) -> list[str]:
    indent = 2 * _depth(path, key)
    if key in IN_ITEMS and indent == 0 and isinstance(value, Sequence) and not isinstance(value, str):
        items = [line for n, item in enumerate(value) for line in _beside(item_lines(item, 2), said, f"{path}.{n}")]
        return _beside([f"{key}:"], said, path, inner=False) + items
    if not isinstance(value, Mapping) or not value or not _in_block(path, key):
        return _beside(entry_lines(key, value, indent), said, path)
    lines = _beside([" " * indent + f"{key}:"], said, path, inner=False)
    for n, (name, item) in enumerate(value.items()):
        gap = [""] if n and path == "entities" else []
        lines += gap + _entry(name, item, f"{path}.{name}", said)
    return lines


def _depth(path: str, key: str) -> int:
    above = path.removesuffix(key).rstrip(".")
    return above.count(".") + 1 if above else 0


def _in_block(path: str, key: str) -> bool:
    parts = path.split(".")
    return (key in IN_BLOCKS and len(parts) in {1, 3}) or (parts[0] in {"entities", "edges"} and len(parts) == 2)


def _beside(lines: list[str], said: Mapping[str, str], path: str, *, inner: bool = True) -> list[str]:
    """Return the lines with the comments of their path, and of paths inside them, beside the line or above it."""
    comments = [said[path]] if path in said else []
    if inner:
        comments += [text for other, text in said.items() if other.startswith(f"{path}.")]
    texts = [line for comment in comments for line in _comment_lines(comment)]
    if len(texts) == 1 and len(lines) == 1 and len(lines[0]) + len(texts[0]) <= WIDEST:
        return [f"{lines[0]:<{NARROW}}" + ("" if len(lines[0]) < NARROW else "  ") + f"# {texts[0]}"]
    indent = " " * (len(lines[0]) - len(lines[0].lstrip(" ")))
    return [*(f"{indent}# {text}" for text in texts), *lines]


WIDEST = 114


def _comment_lines(text: str) -> list[str]:
    return ["".join(c if c.isprintable() else " " for c in line).strip() for line in text.splitlines() if line.strip()]
