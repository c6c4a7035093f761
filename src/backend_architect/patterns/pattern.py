"""One pattern of the catalogue as a frozen value."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources.abc import Traversable
from typing import Any

from ruamel.yaml import YAML

Fragment = dict[str, Any]
"""A piece of a design file, as plain YAML values."""

SEPARATOR = "\n---\n"


@dataclass(frozen=True, slots=True)
class Trap:
    """What goes wrong with this feature in production, and how the design avoids it."""

    wrong: str
    avoided: str


@dataclass(frozen=True, slots=True)
class Body:
    """What a pattern brings. Texts may hold `<it>`, the entity it is attached to, and the kinds of other patterns.

    `held` are entities that belong to a team where the named patterns are there; `traps_if_apart` are avoided only
    where a design shows no team what belongs to another.
    """

    fragment: Fragment
    alone: Fragment
    beside: Mapping[str, Fragment]
    everywhere: Fragment
    searchable: Mapping[str, list[str]]
    rows_per_user: Mapping[str, float]
    comments: Mapping[str, str]
    assumes: tuple[str, ...]
    choices: tuple[str, ...]
    traps: tuple[Trap, ...]
    traps_if_apart: tuple[Trap, ...]
    held: Mapping[str, list[str]]


@dataclass(frozen=True)
class Pattern:
    """A backend feature.

    The head (everything but `body`) is read with the catalogue; the body is read from `text` when first asked for.
    `covers` are those of its nouns for which it has nothing of their own: a warehouse is stock, without a place.
    `weak` verbs, and words for a kind, mean it only where no other pattern is named.
    `needs` come along with it; `brings` makes it a bundle; `attaches_to` are the entities it can be about, the first of
    which in the design is meant, else the pattern `default` is added; `kind` is the entity that a brief may name.
    """

    name: str
    rank: int
    meaning: str
    text: str = field(repr=False)
    nouns: tuple[str, ...] = ()
    covers: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    brings: tuple[str, ...] = ()
    goes_well_with: tuple[str, ...] = ()
    attaches_to: tuple[str, ...] = ()
    default: str | None = None
    opens: bool = False
    beside: bool = False
    kind: str | None = None
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    summary: str = ""
    users: int | None = None

    @property
    def is_main(self) -> bool:
        """Tell whether a backend can be about it, rather than having it beside something else."""
        return not self.attaches_to and not self.beside

    @property
    def is_bundle(self) -> bool:
        """Tell whether it brings other patterns and nothing of its own."""
        return bool(self.brings)

    @cached_property
    def body(self) -> Body:
        """Return what it brings to a design."""
        return _body(_plain(self.text.partition(SEPARATOR)[2]))


def read_pattern(path: Traversable) -> Pattern:
    """Return the pattern in a file of the catalogue, with its body still unread."""
    text = path.read_text(encoding="utf-8")
    head = _plain(text.partition(SEPARATOR)[0])
    lists = ("nouns", "covers", "verbs", "weak", "needs", "brings", "goes_well_with", "attaches_to")
    many: dict[str, Any] = {key: tuple(head.pop(key, ())) for key in lists}
    kinds = {name: tuple(words) for name, words in head.pop("kinds", {}).items()}
    return Pattern(text=text, kinds=kinds, **many, **head)


def _body(data: Fragment) -> Body:
    return Body(
        fragment=data.get("fragment") or {},
        alone=data.get("alone") or {},
        beside=data.get("with") or {},
        everywhere=data.get("everywhere") or {},
        searchable=data.get("searchable") or {},
        rows_per_user=data.get("rows_per_user") or {},
        comments=data.get("comments") or {},
        assumes=tuple(data.get("assumes") or ()),
        choices=tuple(data.get("choices") or ()),
        traps=tuple(Trap(**trap) for trap in data.get("traps") or ()),
        traps_if_apart=tuple(Trap(**trap) for trap in data.get("traps_if_apart") or ()),
        held=data.get("held") or {},
    )


def _plain(text: str) -> Fragment:
    loaded: Fragment | None = YAML(typ="safe", pure=True).load(text)
    return loaded or {}
