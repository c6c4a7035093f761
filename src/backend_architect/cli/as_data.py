"""Frozen values → what `json` can write."""

import json
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum


def as_data(value: object) -> object:
    """Return a value of ours as mappings, lists and scalars; keys that are tuples are joined with dots."""
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_data(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {_key(key): as_data(item) for key, item in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, list | tuple | set | frozenset):
        return [as_data(item) for item in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def data_text(value: object) -> str:
    """Return a value as JSON."""
    return json.dumps(as_data(value), indent=2, ensure_ascii=False) + "\n"


def print_data(value: object) -> None:
    """Print a value as JSON."""
    print(data_text(value), end="")


def _key(key: object) -> str:
    return ".".join(map(str, key)) if isinstance(key, tuple) else str(key)
