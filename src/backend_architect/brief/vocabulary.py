"""Every word and phrase that a brief is matched against: the catalogue's, and those of `language.yaml`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from ruamel.yaml import YAML

from backend_architect.brief.words import Word, fold_word, singular, split_words, verb_forms
from backend_architect.patterns.load import all_patterns
from backend_architect.patterns.sensitive import sensitive_kinds

Means = Literal[
    "pattern",
    "weak",
    "kind",
    "thing",
    "client",
    "provider",
    "account_mail",
    "sign_in",
    "no_accounts",
    "person",
    "scale",
    "tune",
    "negator",
    "filler",
    "stop",
]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a phrase means: a pattern, a client, …; `name` says which, `detail` the kind's entity."""

    means: Means
    name: str = ""
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """Words `[first, last)` of a brief that mean something."""

    first: int
    last: int
    meaning: Meaning


class Vocabulary:
    """Phrases by their stems; the longest phrase at a place wins."""

    def __init__(self, language: dict[str, Any]) -> None:
        self.singulars: dict[str, str] = dict(language["singulars"])
        self.plurals = {one: many for many, one in self.singulars.items() if one != many}
        self.language = {key: _word_set(value) for key, value in language.items() if not isinstance(value, dict)}
        self.evolve = frozenset(language["intents"]["evolve"])
        self.design = frozenset(language["intents"]["design"])
        self.phrases: dict[tuple[str, ...], tuple[Meaning, ...]] = {}
        self.longest = 1
        for meaning, phrases in _meanings(language):
            for phrase in phrases:
                self._add(phrase, meaning)

    def _add(self, phrase: str, meaning: Meaning) -> None:
        key = self.key(phrase)
        self.longest = max(self.longest, len(key))
        known = self.phrases.get(key, ())
        if meaning.means == "kind" or not known or all(m.means == "kind" for m in known):
            self.phrases[key] = (*known, meaning)

    def matches(self, words: Sequence[Word]) -> Iterator[tuple[Match, ...]]:
        """Yield for each place what the longest phrase there means; places without one are passed over."""
        at = 0
        while at < len(words):
            last = self._longest_at(words, at)
            if last > at:
                key = tuple(word.stem for word in words[at:last])
                yield tuple(Match(at, last, meaning) for meaning in self.phrases[key])
            at = max(last, at + 1)

    def _longest_at(self, words: Sequence[Word], at: int) -> int:
        for last in range(min(at + self.longest, len(words)), at, -1):
            if tuple(word.stem for word in words[at:last]) in self.phrases:
                return last
        return at

    def key(self, phrase: str) -> tuple[str, ...]:
        """Return a phrase as it is looked up: its stems."""
        return tuple(word.stem for word in split_words(phrase, self.singulars))

    def stem(self, text: str) -> str:
        """Return a word as phrases hold it."""
        return singular(fold_word(text), self.singulars)


@cache
def read_vocabulary() -> Vocabulary:
    """Return the vocabulary; it is read once."""
    return Vocabulary(YAML(typ="safe", pure=True).load(Path(__file__).with_name("language.yaml")))


def _meanings(language: dict[str, Any]) -> Iterator[tuple[Meaning, Iterable[str]]]:
    """Yield meanings with their phrases, the strongest first: where two claim a phrase, the first keeps it."""
    yield Meaning("filler"), language["filler"]
    yield Meaning("negator"), language["negators"]
    yield Meaning("no_accounts"), language["no_accounts"]
    yield Meaning("tune"), language["intents"]["tune"]
    yield Meaning("account_mail", "mail"), language["account_mail"]
    for sensitive in sensitive_kinds():
        yield Meaning("thing", sensitive.name), sensitive.phrases()
    for pattern in all_patterns():
        for entity, phrases in pattern.kinds.items():
            yield Meaning("kind", pattern.name, entity), phrases
        meaning = Meaning("pattern", pattern.name)
        yield meaning, pattern.nouns
        yield meaning, (form for verb in pattern.verbs for form in verb_forms(verb))
        yield Meaning("weak", pattern.name), (form for verb in pattern.weak for form in verb_forms(verb))
    for name, phrases in language["clients"].items():
        yield Meaning("client", name), phrases
    for name, phrases in language["providers"].items():
        yield Meaning("provider", name), phrases
    yield Meaning("sign_in"), language["other_sign_in"]
    for users, phrases in language["scale"].items():
        yield Meaning("scale", str(users)), phrases
    yield Meaning("person"), language["people"]
    yield Meaning("stop"), language["stop"].split()


def _word_set(value: Any) -> frozenset[str]:
    return frozenset(value.split() if isinstance(value, str) else value)
