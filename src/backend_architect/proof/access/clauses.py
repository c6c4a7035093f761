"""The parts of a rule that are joined by `and`, read from its text alone."""

import re
from collections.abc import Iterator

from backend_architect.design.model import Entity, Field

TOKEN = re.compile(r"'(?:[^']|'')*'|[A-Za-z_]\w*|\s+|.", re.DOTALL)


def conditions_on(entity: Entity, rule: str, item: Field) -> list[str]:
    """Return those parts of a rule that look at a relation, by themselves or by a named rule."""
    return [part for part in parts_of(entity, rule) if _names(entity, part, item.name)]


def parts_of(entity: Entity, rule: str) -> list[str]:
    """Return the conditions that must all hold for the rule to hold; a named rule is replaced by its own parts."""
    text = _without_parentheses(rule.strip())
    if text in entity.rules:
        return parts_of(entity, entity.rules[text])
    parts = _split(text)
    if len(parts) == 1:
        return [text]
    return [found for part in parts for found in parts_of(entity, part)]


def _split(text: str) -> list[str]:
    """Return the texts between the outermost `and`; the whole where an `or` stands beside them."""
    parts, start, is_between = [], 0, False
    for word, place in _outermost(text):
        if word == "or":
            return [text]
        if word == "between":
            is_between = True
        elif word == "and" and is_between:
            is_between = False
        elif word == "and":
            parts.append(text[start:place])
            start = place + len(word)
    return [*parts, text[start:]]


def _outermost(text: str) -> Iterator[tuple[str, int]]:
    """Give each word outside of parentheses, `case` and quotes, in small letters, and where it begins."""
    depth = 0
    for found in TOKEN.finditer(text):
        word = found[0].lower()
        depth += (word in {"(", "case"}) - (word in {")", "end"})
        if depth == 0 and word[0].isalpha():
            yield word, found.start()


def _without_parentheses(text: str) -> str:
    """Return the text without parentheses around all of it."""
    if not (text.startswith("(") and text.endswith(")")):
        return text
    depth = 0
    for found in TOKEN.finditer(text):
        depth += (found[0] == "(") - (found[0] == ")")
        if depth == 0 and found.end() < len(text):
            return text
    return _without_parentheses(text[1:-1].strip())


def _names(entity: Entity, text: str, name: str, known: frozenset[str] = frozenset()) -> bool:
    """Return whether a text says a name, or a rule or computed value that does."""
    words = {found[0] for found in TOKEN.finditer(text)}
    named = {**entity.rules, **{each.name: each.sql for each in entity.computed.values()}}
    inner = (words & set(named)) - known
    return name in words or any(_names(entity, named[each], name, known | inner) for each in inner)


def says(text: str, name: str) -> bool:
    """Return whether an expression has a word."""
    return any(found[0] == name for found in TOKEN.finditer(text))
