"""Fragments of a design, merged by name."""

import re
from collections.abc import Mapping
from typing import Any

from backend_architect.patterns.pattern import Fragment

RULES = frozenset({"rules", "allow", "where"})
"""Under these keys a text that starts with `and` or `or` extends what is there."""

REPLACED = frozenset({"one_of", "pair", "through", "per"})
"""Lists under these keys are one value; every other list is a set that grows."""


class FragmentConflict(Exception):
    """Two patterns say different things of the same place: a mistake in the catalogue."""


def merged(base: Fragment, more: Fragment, *, override: bool = False) -> Fragment:
    """Return `base` with `more` added; where both hold a value, `more` wins only with `override`."""
    return _mapping(base, more, "", override)


def _mapping(base: Mapping[str, Any], more: Mapping[str, Any], path: str, override: bool) -> Fragment:
    result = dict(base)
    for key, value in more.items():
        below = f"{path}.{key}" if path else key
        if _extends(value, below):
            extended = extended_rule(result.get(key), value)
            if extended is not None:
                result[key] = extended
        elif key not in result:
            result[key] = _mapping({}, value, below, override) if isinstance(value, Mapping) else value
        else:
            result[key] = _value(result[key], value, below, override)
    return result


def _value(old: Any, new: Any, path: str, override: bool) -> Any:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return _mapping(old, new, path, override)
    if isinstance(old, list) and isinstance(new, list) and path.rsplit(".", 1)[-1] not in REPLACED:
        return [*old, *(item for item in new if item not in old)]
    if old != new and not override:
        raise FragmentConflict(f"{path} is {old!r} and {new!r}")
    return new


def _extends(value: Any, path: str) -> bool:
    return isinstance(value, str) and bool(RULES & set(path.split("."))) and value.startswith(("and ", "or "))


def extended_rule(rule: str | None, more: str) -> str | None:
    """Return `rule` with the alternative or condition `more` (`or …`, `and …`); a condition on nothing is nothing."""
    word, _, rest = more.partition(" ")
    if rule is None or rule == "nobody":
        return rest if word == "or" else rule
    if rule == "anyone":
        return rule if word == "or" else rest
    if rule == rest or (word == "or" and re.search(rf"(?:^| or ){re.escape(rest)}(?: or |$)", rule)):
        return rule
    return f"{_bracketed(rule, inside=word)} {word} {_bracketed(rest, inside=word)}"


def _bracketed(rule: str, *, inside: str) -> str:
    other = "or" if inside == "and" else "and"
    return f"({rule})" if _has_at_top(rule, other) else rule


def _has_at_top(rule: str, word: str) -> bool:
    depth, quoted, top = 0, False, []
    for char in rule:
        quoted ^= char == "'"
        depth += 0 if quoted else (char == "(") - (char == ")")
        top.append(" " if depth or quoted else char)
    return bool(re.search(rf"\b{word}\b", "".join(top)))
