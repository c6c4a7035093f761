"""What must not be open, whatever a sentence says of it: money, health, children, grades, votes and anonymity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ANONYMITY = "anonymity"


@dataclass(frozen=True, slots=True)
class SensitiveKind:
    """A kind of things that only whom they concern reads; those that are `issued` are written by staff alone."""

    name: str
    why: str
    issued: bool
    words: frozenset[str]
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def phrases(self) -> Iterator[str]:
        """Yield each name of several words: `credit score`."""
        yield from (f"{first} {last}" for last, firsts in self.before.items() for first in firsts)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a sentence may be about, so that strangers read nothing that people write."""

    name: str
    about: str
    words: tuple[str, ...]
    takes: frozenset[str]
    takes_patterns: frozenset[str]


@cache
def sensitive_kinds() -> tuple[SensitiveKind, ...]:
    """Return every kind, in the order in which a word is looked up."""
    kinds: dict[str, dict[str, Any]] = _file()["kinds"]
    return tuple(
        SensitiveKind(
            name,
            kind["why"],
            kind["issued"],
            frozenset(kind["words"]),
            {last: tuple(firsts) for last, firsts in kind.get("before", {}).items()},
        )
        for name, kind in kinds.items()
    )


@cache
def topics() -> tuple[Topic, ...]:
    """Return every topic."""
    found: dict[str, dict[str, Any]] = _file()["topics"]
    return tuple(
        Topic(
            name,
            topic["about"],
            tuple(topic["words"]),
            frozenset(topic["takes"]),
            frozenset(topic.get("takes_patterns", ())),
        )
        for name, topic in found.items()
    )


@cache
def also_other_words() -> frozenset[str]:
    """Return the words of kinds that are adjectives or verbs as well, and mean a thing only in the plural."""
    return frozenset(_file()["ambiguous"]["words"])


def kind_of(noun: str) -> SensitiveKind | None:
    """Return the kind of the thing with this name: its whole name counts first, then its last word."""
    noun = noun.removesuffix("_item")
    parts = noun.split("_")
    for kind in sensitive_kinds():
        if noun.replace("_", " ") in (*kind.words, *kind.phrases()):
            return kind
    return next((kind for kind in sensitive_kinds() if parts[-1] in kind.words), None)


@cache
def _file() -> dict[str, dict[str, dict[str, Any]]]:
    path = Path(__file__).with_name("sensitive.yaml")
    loaded: dict[str, dict[str, dict[str, Any]]] = YAML(typ="safe", pure=True).load(path)
    return loaded
