"""A composed design as the text of `backend.yaml`: sections apart, one line a field or rule, comments beside them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from backend_architect.patterns.pattern import Fragment

WIDTH = 120
HEAD = ("design", "backend", "summary", "assumptions", "clients", "load", "pin", "auth", "limits")
SECTIONS = (*HEAD, "entities", "edges", "lists", "events", "custom", "checks")
STORED = ("plural", "fields", "unique", "constraints", "no_overlap")
ENTITY_KEYS = (*STORED, "counts", "computed", "rules", "allow", "accepts", "effects")
BLOCKS = frozenset({"entities", "edges", "lists", "fields", "rules", "computed", "load", "auth", "limits", "events"})
TIGHT = frozenset({"backend", "summary"})
FLOW = re.compile(r"[A-Za-z0-9_(/][^#:{}\[\],\"\\]*\Z")
BLOCK = re.compile(r"[A-Za-z0-9_(/](?:[^#:\"\\]|:(?=\S))*\Z")
"""What needs no quotes: inside a flow mapping or list, and elsewhere."""
WORDLIKE = re.compile(r"(?i:true|false|null|yes|no|on|off|y|n|~|[-+.\d_,]*)\Z")


def design_text(design: Fragment, comments: Mapping[str, str]) -> str:
    """Return the design as YAML; a comment stands at the end of the line of its path."""
    lines: list[str] = []
    for key in [*(k for k in SECTIONS if k in design), *(k for k in design if k not in SECTIONS)]:
        if lines and key not in TIGHT:
            lines.append("")
        lines += _entry(key, design[key], key, 0, comments)
    return "\n".join(lines) + "\n"


def _entry(key: str, value: Any, path: str, depth: int, comments: Mapping[str, str]) -> Iterator[str]:
    head = f"{'  ' * depth}{_key(key)}:"
    note = f"# {comments[path]}" if path in comments else ""
    flow = _flow(value, BLOCK)
    if not _is_block(key, path, value) and len(head) + len(flow) + 1 <= WIDTH:
        yield _noted(f"{head} {flow}", note)
    elif isinstance(value, Mapping):
        yield _noted(head, note)
        yield from _children(value, path, depth + 1, comments)
    elif isinstance(value, list):
        yield _noted(head, note)
        yield from (f"{'  ' * (depth + 1)}- {_flow(item, BLOCK)}" for item in value)
    else:
        yield _noted(f"{head} >-", note)
        yield from _wrapped(str(value), depth + 1)


def _children(value: Mapping[str, Any], path: str, depth: int, comments: Mapping[str, str]) -> Iterator[str]:
    keys = list(value)
    if re.fullmatch(r"entities\.\w+", path):
        keys.sort(key=ENTITY_KEYS.index)
    apart = path == "entities"
    for number, key in enumerate(keys):
        if apart and number:
            yield ""
        yield from _entry(key, value[key], f"{path}.{key}", depth, comments)


def _is_block(key: str, path: str, value: Any) -> bool:
    if path in {"assumptions", "checks", "custom"}:
        return bool(value)
    if not isinstance(value, Mapping) or not value:
        return False
    return key in BLOCKS or re.fullmatch(r"(entities|edges)\.\w+", path) is not None


def _wrapped(text: str, depth: int) -> Iterator[str]:
    """Yield a long rule as a folded text, broken before its alternatives, else before its conditions."""
    indent, line = "  " * depth, ""
    room = WIDTH - 12 - len(indent)
    parts = text.split(" or ")
    parts = [parts[0], *(f"or {part}" for part in parts[1:])]
    if max(map(len, parts)) > room:
        parts = re.split(r" (?=or |and )", text)
    for part in parts:
        if line and len(line) + len(part) + 1 > room:
            yield indent + line
            line = part
        else:
            line = f"{line} {part}".strip()
    yield indent + line


def _noted(line: str, note: str) -> str:
    if not note:
        return line
    return f"{line.ljust(34)}{note}" if len(line) < 34 else f"{line}  {note}"


def _flow(value: Any, plain: re.Pattern[str] = FLOW) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(k)}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(_flow(item) for item in value) + "]"
    return _scalar(value, plain)


def _key(key: str) -> str:
    return key if FLOW.match(key) else _quoted(key)


def _scalar(value: Any, plain: re.Pattern[str]) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return _short_number(value)
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return text if plain.match(text) and not WORDLIKE.match(text) and text == text.strip() else _quoted(text)


def _short_number(value: int) -> str:
    """Return whole millions as 20M, and other large numbers with their thousands apart."""
    if value >= 1_000_000_000 and value % 100_000_000 == 0:
        return f"{value / 1_000_000_000:g}B"
    if value >= 1_000_000 and value % 100_000 == 0:
        return f"{value / 1_000_000:g}M"
    return f"{value:_}" if value >= 10_000 else str(value)


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
