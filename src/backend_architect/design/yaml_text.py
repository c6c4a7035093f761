"""Plain values as YAML text, in the style of the worked design: short mappings on one line, few quotes."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

WIDTH = 116
_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9 _.=<>()/+*',-]*\Z")
_AMOUNT = re.compile(r"[0-9][0-9_]*([kMB]|ms|[smhd]|[kMB]?/[a-z]+( per [a-z]+)?)\Z")
_WORDS = re.compile(r"(?i:null|true|false|yes|no|on|off|y|n)\Z")
_UNSAFE = re.compile(r"[^ -~\u00a0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|[\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Raw:
    """A text that needs no quotes though it looks like something else: `20M`, `200ms`, `5/minute per ip`."""

    text: str


Leaf = str | int | float | bool | Raw
Tree = Leaf | Sequence["Tree"] | Mapping[str, "Tree"]


def quantity_text(number: float) -> str:
    """Return a number as people write it: 20M, 200_000, 2000, 0.5."""
    for suffix, unit in (("B", 10**9), ("M", 10**6)):
        if isinstance(number, int) and number and number % unit == 0:
            return f"{number // unit}{suffix}"
    return _number_text(number)


def _number_text(number: float) -> str:
    """Return a number without a suffix: YAML itself reads it, also where no quantity is expected."""
    if isinstance(number, float):
        return format(Decimal(repr(number)), "f")
    return f"{number:_}" if abs(number) >= 10_000 else str(number)


def scalar_text(value: Leaf, *, in_flow: bool) -> str:
    """Return one value; a text gets quotes only where YAML would read it as something else."""
    if isinstance(value, Raw):
        return value.text
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str):
        return _number_text(value)
    if _AMOUNT.match(value):
        return value
    plain = _PLAIN.match(value) and not _WORDS.match(value) and not value.endswith(" ")
    if plain and not (in_flow and "," in value):
        return value
    if _UNSAFE.search(value):
        return _UNSAFE.sub(_escaped, json.dumps(value, ensure_ascii=False))
    return "'" + value.replace("'", "''") + "'" if "'" not in value or '"' in value else f'"{_in_double(value)}"'


def _in_double(value: str) -> str:
    return value.replace("\\", "\\\\")


def _escaped(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def flow_text(value: Tree) -> str:
    """Return a value on one line."""
    if isinstance(value, str | int | float | bool | Raw):
        return scalar_text(value, in_flow=True)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key_text(key)}: {flow_text(item)}" for key, item in value.items()) + "}"
    return "[" + ", ".join(flow_text(item) for item in value) + "]"


def key_text(key: str) -> str:
    """Return a key."""
    return scalar_text(key, in_flow=True)


def entry_lines(key: str, value: Tree, indent: int, *, block: bool = False) -> list[str]:
    """Return the lines of one entry of a block mapping; `block` keeps a short mapping from being put on one line."""
    head = " " * indent + key_text(key) + ":"
    if isinstance(value, str | int | float | bool | Raw):
        return _leaf_lines(head, value, indent)
    one_line = f"{head} {flow_text(value)}"
    if not value or (len(one_line) <= WIDTH and not block):
        return [one_line]
    return [head, *block_lines(value, indent + 2)]


def block_lines(value: Mapping[str, Tree] | Sequence[Tree], indent: int) -> list[str]:
    """Return a collection over several lines; its parts take one line each where they fit."""
    if isinstance(value, Mapping):
        return [line for key, item in value.items() for line in entry_lines(key, item, indent)]
    return [line for item in value for line in item_lines(item, indent)]


def item_lines(value: Tree, indent: int) -> list[str]:
    """Return the lines of one item of a block sequence."""
    dash = " " * indent + "- "
    if isinstance(value, str | int | float | bool | Raw):
        return [dash + scalar_text(value, in_flow=False)]
    one_line = dash + flow_text(value)
    if len(one_line) <= WIDTH or not value:
        return [one_line]
    lines = block_lines(value, indent + 2)
    return [dash + lines[0].lstrip(" "), *lines[1:]]


def _leaf_lines(head: str, value: Leaf, indent: int) -> list[str]:
    line = f"{head} {scalar_text(value, in_flow=False)}"
    if len(line) <= WIDTH or not isinstance(value, str) or _UNSAFE.search(value):
        return [line]
    import textwrap  # noqa: PLC0415  (long texts only)

    folded = textwrap.wrap(value, 100 - indent, break_long_words=False, break_on_hyphens=False)
    if " ".join(folded) != value:
        return [line]
    return [f"{head} >-", *(" " * (indent + 2) + part for part in folded)]
