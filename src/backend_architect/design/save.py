"""Values set and removed in the text of a design: every other character stays as it is."""

import re
from collections.abc import Mapping

from backend_architect.design.nodes import ListNode, MapNode, Node, ScalarNode, read_nodes
from backend_architect.design.reading_result import ProblemCollector
from backend_architect.design.yaml_text import (
    Raw,
    Tree,
    entry_lines,
    flow_text,
    item_lines,
    key_text,
    quantity_text,
    scalar_text,
)
from backend_architect.errors import DesignError, Place, Problem

Path = str | tuple[str, ...]
DOTTED_KEYS = frozenset({"limits", "events", "given", "create", "delete", "lists"})
"""Mappings whose keys hold dots: what is left of a path is one key of theirs."""


def change_design(text: str, changes: Mapping[Path, Tree | None]) -> str:
    """Return the text with each value set at its path, or removed where the value is None.

    A path is dotted (`entities.post.allow.read`, `checks.0.expect`), or a tuple of keys when a key holds dots.
    An index one past the end of a list appends to it; missing mappings on the way are made.
    """
    for path, value in changes.items():
        parts = _parts(_root(text), path)
        text = _removed(text, parts) if value is None else _set(text, parts, _as_read_there(parts, value))
    return text


def _as_read_there(parts: tuple[str, ...], value: Tree) -> Tree:
    """Return a whole number of the load as a quantity (`30M`); everywhere else a number stays a number."""
    if parts[0] == "load" and isinstance(value, int) and not isinstance(value, bool):
        return Raw(quantity_text(value))
    return value


def _root(text: str) -> MapNode:
    root = read_nodes(text, ProblemCollector(""))
    if not isinstance(root, MapNode):
        raise DesignError(Problem("not-a-mapping", "a design is a mapping of keys to values", "", Place()))
    return root


def _parts(root: Node, path: Path) -> tuple[str, ...]:
    """Return the keys of a path; keys of the file may hold dots, so that the longest that is there counts."""
    if isinstance(path, tuple):
        return path
    words = path.split(".")
    parts: list[str] = []
    node: Node | None = root
    while words:
        size = next((n for n in range(len(words), 0, -1) if _child(node, ".".join(words[:n])) is not None), 1)
        if parts and parts[-1] in DOTTED_KEYS and size == 1 and _child(node, words[0]) is None:
            size = len(words)
        parts.append(".".join(words[:size]))
        node = _child(node, parts[-1])
        words = words[size:]
    return tuple(parts)


def _child(node: Node | None, key: str) -> Node | None:
    if isinstance(node, MapNode):
        return node.get(key)
    if isinstance(node, ListNode) and key.isdigit() and int(key) < len(node.items):
        return node.items[int(key)]
    return None


def _set(text: str, parts: tuple[str, ...], value: Tree) -> str:
    holder: Node = _root(text)
    for n, part in enumerate(parts):
        child = _child(holder, part)
        if child is None or not _is_given(child):
            for key in reversed(parts[n + 1 :]):
                value = {key: value}
            return _added(text, holder, part, value) if child is None else _replaced(text, holder, part, value)
        if n == len(parts) - 1:
            return _replaced(text, holder, part, value)
        holder = child
    return text


def _replaced(text: str, holder: Node, part: str, value: Tree) -> str:
    old = _child(holder, part)
    if old is None:
        return text
    single = isinstance(value, str | int | float | bool | Raw)
    end = _end(text, old)
    if not isinstance(holder, MapNode) or holder.flow or _on_one_line(old) or (single and _is_text(old)):
        in_flow = isinstance(holder, MapNode | ListNode) and holder.flow
        new = scalar_text(value, in_flow=in_flow) if isinstance(value, str) else flow_text(value)
        return text[: old.start] + new + text[end:] if _is_given(old) else _given(text, holder, part, new)
    if not _is_given(old):
        return _given(text, holder, part, flow_text(value))
    if single:
        return _given(text[: _line_start(text, old.start) - 1] + text[end:], holder, part, flow_text(value))
    return _rewritten(text, _key(holder, part), entry_lines(part, value, _key(holder, part).column - 1), end)


def _given(text: str, holder: Node, part: str, new: str) -> str:
    """Return the text with `new` after a key that has nothing after it."""
    if not isinstance(holder, MapNode):
        return text
    after = text.index(":", _key(holder, part).end) + 1
    return text[:after] + f" {new}" + text[after:]


def _rewritten(text: str, key: ScalarNode, lines: list[str], end: int) -> str:
    """Return the text with a whole entry written anew; a comment beside its end goes beside its beginning."""
    line_end = text.find("\n", end)
    beside = text[end:] if line_end < 0 else text[end:line_end]
    lines = [lines[0] + beside, *lines[1:]]
    return text[: _line_start(text, key.start)] + "\n".join(lines) + text[end + len(beside) :]


def _is_text(node: Node) -> bool:
    return isinstance(node, ScalarNode) and _is_given(node)


def _is_given(node: Node) -> bool:
    return not (isinstance(node, ScalarNode) and node.plain and not node.text)


def _on_one_line(node: Node) -> bool:
    return isinstance(node, MapNode | ListNode) and node.flow


def _key(holder: MapNode, part: str) -> ScalarNode:
    return next(key for key, _ in holder.entries if key.text == part)


def _added(text: str, holder: Node, part: str, value: Tree) -> str:
    if isinstance(holder, ScalarNode):
        message = f"`{holder.text}` is a single value, and `{part}` cannot be set in it"
        raise DesignError(Problem("wrong-type", message, "", Place("", holder.line, holder.column)))
    if holder.flow:
        inside = flow_text(value) if isinstance(holder, ListNode) else f"{key_text(part)}: {flow_text(value)}"
        full = bool(holder.items if isinstance(holder, ListNode) else holder.entries)
        kept = text[: holder.end - 1].rstrip() if full else text[: holder.end - 1]
        return kept + (", " if full else "") + inside + text[holder.end - 1 :]
    end = text.find("\n", _end(text, holder))
    end = len(text) if end < 0 else end
    indent = holder.column - 1
    lines = item_lines(value, indent) if isinstance(holder, ListNode) else entry_lines(part, value, indent)
    return text[:end] + "\n" + "\n".join(lines) + text[end:]


def _removed(text: str, parts: tuple[str, ...]) -> str:
    holder: Node | None = _root(text)
    for part in parts[:-1]:
        holder = _child(holder, part)
    node = _child(holder, parts[-1])
    if node is None or holder is None or isinstance(holder, ScalarNode):
        return text
    children = holder.items if isinstance(holder, ListNode) else holder.entries
    if len(children) == 1 and len(parts) > 1:
        return _removed(text, parts[:-1])
    start = _key(holder, parts[-1]).start if isinstance(holder, MapNode) else node.start
    end = max(start, _end(text, node))
    if holder.flow:
        return _without_comma(text, start, end)
    line_end = text.find("\n", end)
    return text[: _line_start(text, start)] + ("" if line_end < 0 else text[line_end + 1 :])


def _without_comma(text: str, start: int, end: int) -> str:
    after = re.match(r"\s*,\s*", text[end:])
    if after:
        return text[:start] + text[end + after.end() :]
    return re.sub(r",\s*\Z", "", text[:start]) + text[end:]


def _end(text: str, node: Node) -> int:
    """Return where a value ends; a folded text's mark stands on the line after it."""
    return node.start + len(text[node.start : node.end].rstrip())


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1
