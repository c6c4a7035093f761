"""What was read in a brief, as frozen values with the places of the words."""

from dataclasses import dataclass
from typing import Literal

Intent = Literal["design", "tune", "evolve"]
Unit = Literal["users", "requests", "reads", "writes", "written", "p95_ms", "rows", "limit", "out_of_range"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the brief: `text` stands at `[start, end)`, so that a report can underline it."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Feature:
    """A pattern of the catalogue, and the words that meant it."""

    pattern: str
    words: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class NamedKind:
    """The name that a brief gave to what a pattern is about: a hotel books rooms."""

    pattern: str
    name: str
    word: Span


@dataclass(frozen=True, slots=True)
class Noun:
    """A thing that the catalogue does not know; `name` is its singular as an identifier, `plural` as English has it."""

    name: str
    word: Span
    plural: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """A number with what it counts: rates a second, p95 in milliseconds, rows of `noun` (a singular word).

    `counted` is the noun as the brief has it.

    `written` are rows of `noun` a second. A `limit` belongs to a rule and an `out_of_range` to nothing: both are told.
    """

    unit: Unit
    value: float
    word: Span
    noun: str = ""
    counted: str = ""


@dataclass(frozen=True, slots=True)
class Mention:
    """A client (`web`), a sign-in provider (`google`) or a scale in users (`1000`), and the words that meant it."""

    name: str
    word: Span


@dataclass(frozen=True, slots=True)
class Excluded:
    """A thing that the brief does not want; `pattern` is empty when the catalogue does not know it."""

    pattern: str
    word: Span


@dataclass(frozen=True, slots=True)
class Restriction:
    """What a brief allows only to some, or to nobody.

    `actions` are those that it speaks of: read, create, update, delete. `patterns` and `nouns` are its things; without
    any it is everything. `who` are the only ones that may (singular nouns); `own` says that each may with what is
    theirs; neither, that nobody may. `forbidden` says that `who` are those who may not.
    """

    word: Span
    actions: frozenset[str]
    patterns: tuple[str, ...] = ()
    nouns: tuple[str, ...] = ()
    who: tuple[str, ...] = ()
    own: bool = False
    forbidden: bool = False


@dataclass(frozen=True, slots=True)
class Brief:
    """A brief, read.

    `words` holds every understood piece of the text in its order, `not_understood` each content word without a meaning
    and each rule that no design carries out. `excluded` is what the brief does not want, `people` whom it names.
    `accounts` is False when the brief says that nobody signs in. `in_english` is False for a text in another language.
    `topics` are what must not be open (health, children, …), `anonymous` the nouns that nobody's name stands beside.
    """

    text: str
    intent: Intent
    features: tuple[Feature, ...]
    kinds: tuple[NamedKind, ...]
    nouns: tuple[Noun, ...]
    excluded: tuple[Excluded, ...]
    people: tuple[Mention, ...]
    amounts: tuple[Amount, ...]
    clients: tuple[Mention, ...]
    providers: tuple[Mention, ...]
    account_mail: tuple[Mention, ...]
    scale: Mention | None
    product: Span | None
    accounts: bool
    words: tuple[Span, ...]
    not_understood: tuple[Span, ...]
    in_english: bool
    cut: bool
    topics: tuple[Mention, ...] = ()
    anonymous: frozenset[str] = frozenset()
    restrictions: tuple[Restriction, ...] = ()

    @property
    def understood(self) -> bool:
        """Tell whether the brief names anything that a backend can hold."""
        return bool(self.features or self.nouns)
