"""What a brief allows only to some, or to nobody, with the actions and the things that it speaks of."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from backend_architect.brief.model import Noun, Restriction, Span
from backend_architect.brief.sentence import Range, Sentence
from backend_architect.patterns.load import pattern_named

ALL = frozenset({"read", "create", "update", "delete"})
WRITES = ALL - {"read"}
NOUNLIKE = frozenset({"pattern", "weak", "kind"})
SENTENCE_ENDS = ".;!?\n"


@dataclass(frozen=True, slots=True)
class RestrictingClause:
    """One clause that restricts something, before it is known of which things."""

    clause: Range
    actions: frozenset[str]
    who: tuple[str, ...]
    own: bool
    forbidden: bool
    whole: bool
    at: int = -1


def read_restrictions(sentence: Sentence, nouns: Sequence[Noun]) -> tuple[Restriction, ...]:
    """Return what is allowed only to some, in the order of the text; what is not told of a thing is told of all."""
    clauses = [*sentence.clauses()]
    reading = _Reading(sentence, tuple(clauses), {noun.word.start: noun.name for noun in nouns}, _names(nouns))
    found: list[Restriction] = []
    for number, clause in enumerate(clauses):
        said = reading.restriction(number)
        if said:
            patterns, things = ((), ()) if said.whole else reading.things(number, said.at)
            word = reading.span(clause)
            found.append(Restriction(word, said.actions, patterns, things, said.who, said.own, said.forbidden))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Reading:
    sentence: Sentence
    clauses: tuple[Range, ...]
    nouns: Mapping[int, str]
    names: Mapping[str, str]

    def restriction(self, number: int) -> RestrictingClause | None:
        """Return what this clause restricts, or nothing."""
        first, last = self.clauses[number]
        words = range(first, last)
        own = any(self.is_one_of(at, "own") for at in words) and not self._others(first, last)
        who = self._who(first, last)
        closing = [at for at in words if self._closes(at, last)]
        only = [at for at in words if self._is_only(at)]
        if self._denies(first, last):
            actions = self._actions(number) or ALL
            named = () if self._others(first, last) else who
            return RestrictingClause(
                (first, last), actions, named, own or self._others(first, last), bool(named), whole=False
            )
        if only:
            return self._only(number, only[0], who, own=own)
        if closing:
            return self._closed((first, last), closing[0])
        if any(self.is_one_of(at, "without_people") for at in words) and self._has_modal(first, last):
            return RestrictingClause(
                (first, last), WRITES - {"delete"}, ("staff",), own=False, forbidden=False, whole=False
            )
        return None

    def _only(self, number: int, at: int, who: tuple[str, ...], *, own: bool) -> RestrictingClause | None:
        first, last = self.clauses[number]
        actions = self._actions(number)
        generic = bool(who) and all(self._in(one, "everybody") for one in who)
        gate = next((self.words(place) for place in range(first, last) if self.is_one_of(place, "invited")), "")
        related = bool(who) and all(self._in(one, "everybody", "relations") for one in who)
        if gate and (related or not who) and not own:
            who, generic = ("member" if gate.startswith("member") else "invited",), False
        if any(self._in(self.words(place), "signed_in") for place in range(first, last)):
            return RestrictingClause(
                (first, last), (actions or ALL) & WRITES, ("<signed in>",), own=False, forbidden=False, whole=False
            )
        if (generic or not who) and not own:
            if any(self.words(place) in {"else", "others", "rest"} for place in range(first, last)) and number:
                return None
            limits_verb = self._is_modal(at - 1) or self._is_act(at + 1)
            if not limits_verb or not actions:
                return (
                    RestrictingClause((first, last), actions or ALL, (), own=False, forbidden=False, whole=False)
                    if not who
                    else None
                )
            return RestrictingClause((first, last), ALL - actions, ("staff",), own=False, forbidden=False, whole=False)
        if generic:
            who = ()
        return RestrictingClause((first, last), actions or ALL, who, own=own, forbidden=False, whole=False)

    def _closed(self, clause: Range, at: int) -> RestrictingClause:
        after = [*range(at + 1, min(clause[1], at + 4))]
        alone = not self._things_in((clause[0], clause[1]))
        product = alone or any(self.is_one_of(word, "products") for word in after) or self._is_bundle(after)
        who = ("invited",) if product else ()
        actions = ALL if product else frozenset({"read"})
        return RestrictingClause(clause, actions, who, own=not product, forbidden=False, whole=product, at=at)

    def _is_bundle(self, places: Sequence[int]) -> bool:
        found = [m for place in places for m in self.sentence.groups.get(place, ()) if m.meaning.means == "pattern"]
        return any(pattern_named(match.meaning.name).is_bundle for match in found)

    def things(self, number: int, at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Return the patterns and the nouns that a clause speaks of: its own, else those before it in the sentence.

        An adjective `at` a place speaks of what stands behind it, if anything does.
        """
        beside = self._things_in((at + 1, min(at + 4, self.clauses[number][1]))) if at >= 0 else None
        if beside:
            return beside
        for other in self._nearest(number):
            patterns, nouns = self._things_in(self.clauses[other]) or ((), ())
            if patterns or nouns:
                return patterns, nouns
        return (), ()

    def _nearest(self, number: int) -> Iterator[int]:
        yield number
        for back in range(number - 1, -1, -1):
            if self._ends_sentence(self.clauses[back + 1][0]):
                break
            yield back
        after = number + 1
        if after < len(self.clauses) and ":" in self.sentence.gap(self.clauses[after][0]):
            yield after

    def _ends_sentence(self, place: int) -> bool:
        gap = self.sentence.gap(place)
        return any(mark in gap for mark in SENTENCE_ENDS if mark != ";")

    def _things_in(self, clause: Range) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
        patterns: dict[str, None] = {}
        nouns: dict[str, None] = {}
        for place in range(*clause):
            for match in self.sentence.groups.get(place, ()) if not self._is_person(place) else ():
                if match.meaning.means in NOUNLIKE and not self._is_people_pattern(match.meaning.name):
                    patterns[match.meaning.name] = None
            name = self.nouns.get(self.sentence.words[place].start) or self.names.get(self.sentence.words[place].stem)
            if name and not self._is_person(place):
                nouns[name] = None
        return (tuple(patterns), tuple(nouns)) if patterns or nouns else None

    def _is_people_pattern(self, name: str) -> bool:
        return name in {"admins", "moderation", "tenants"}

    def _actions(self, number: int) -> frozenset[str]:
        """Return the actions that a clause names; `comments never` takes those of the clause before."""
        for other in (number, *([number - 1] if number and not self._ends_sentence(self.clauses[number][0]) else [])):
            found: set[str] = set()
            for place in range(*self.clauses[other]):
                found |= self._acts_at(place)
            if found:
                return frozenset(found)
        return frozenset()

    def _acts_at(self, place: int) -> frozenset[str]:
        if not self._is_verb(place):
            return frozenset()
        word = self.words(place)
        acts = {name for name, words in _lexicon()["acts"].items() if word in words}
        if "all" in acts:
            return frozenset({"read"}) if word.startswith("access") else ALL
        if "write" in acts:
            return WRITES
        return frozenset(acts)

    def _is_act(self, place: int) -> bool:
        return any(self.words(place) in words for words in _lexicon()["acts"].values())

    def _is_verb(self, place: int) -> bool:
        """Tell whether a word that may be a thing is done here: behind a modal, people or `only`, or in a passive."""
        if not self._is_act(place):
            return False
        if place in self.sentence.groups and self.sentence.groups[place][0].meaning.means in NOUNLIKE:
            back = place - 1
            while self._in(self.words(back), "modals") or self._in(self.words(back), "only", "negators"):
                return True
            return self._is_person(back) or self.words(back) in {"who", "or"}
        return self.sentence.means(place) != "thing" and self.sentence.words[place].start not in self.nouns

    def _denies(self, first: int, last: int) -> bool:
        """Tell whether a clause says that something is not to be done, rather than not wanted."""
        for place in range(first, last):
            word = self.words(place)
            if word in {"nobody", "none"} or (word == "no" and self.words(place + 1) in {"one", "other", "others"}):
                return bool(self._actions_in(first, last))
            if word == "no" and self._is_person(place + 1):
                return bool(self._actions_in(first, last))
            denied = word.endswith("n't") or self._in(word, "negators")
            goes_on = place == first and self._is_act(place + 1) and not self._ends_sentence(place)
            follows = (
                self._is_modal(place - 1) or word in {"never", "cannot", "cant", "mustnt", "shouldnt"} or "n't" in word
            )
            if denied and word not in {"no", "without", "nor", "neither"} and (follows or goes_on):
                return self._forbids(place, last)
            if word == "not" and self.words(place + 1) in {"public", "visible", "shown", "open", "allowed"}:
                return True
            if (
                word == "without"
                and self._actions_in(place, last)
                and self.words(place + 1) in {"permission", "consent"}
            ):
                return True
        return False

    def _forbids(self, place: int, last: int) -> bool:
        if self._actions_in(place, last):
            wants = {"need", "want", "have", "support", "include", "require", "plan", "lose", "like"}
            return self.words(place + 1) not in wants
        return self.words(place) == "never" or self.words(place + 1) in {"public", "visible"}

    def _actions_in(self, first: int, last: int) -> bool:
        return any(self._acts_at(place) for place in range(first, last))

    def _closes(self, at: int, last: int) -> bool:
        """Tell whether a word such as `private` says that something is not for others."""
        if not self.is_one_of(at, "closed") or self._in(self.words(at + 1), "no_closing"):
            return False
        group = next((g[0] for g in self.sentence.groups.values() if g[0].first <= at < g[0].last), None)
        if group and group.last - group.first > 1 and group.meaning.means != "filler":
            return False
        choice = {self.words(at - 2), self.words(at + 2)} & {"public", "private"} and {
            self.words(at - 1), self.words(at + 1)
        } & {"or", "and"}  # fmt: skip
        return not choice

    def _is_only(self, at: int) -> bool:
        """Tell whether `only` lets some through, and is no part of `not only`."""
        if not self.is_one_of(at, "only") or self.words(at - 1) == "not":
            return False
        if self.words(at) == "alone":
            return self._is_person(at - 1)
        if self.words(at) == "just":
            return self._is_person(at + 1) and self._is_modal(at + 2)
        beside = range(max(0, at - 3), at + 5)
        people = any(self._is_person(place) or self.is_one_of(place, "own", "invited") for place in beside)
        return people or self._is_modal(at - 1) or self.words(at + 1) in {"for", "to", "by", "with", "the"}

    def _others(self, first: int, last: int) -> bool:
        text = f" {' '.join(self.words(place) for place in range(first, last))} "
        return any(f" {phrase} " in text for phrase in _lexicon()["others"])

    def _who(self, first: int, last: int) -> tuple[str, ...]:
        people = [place for place in range(first, last) if self._is_person(place)]
        return tuple(dict.fromkeys(self.sentence.words[place].stem for place in people))

    def _is_person(self, place: int) -> bool:
        if not 0 <= place < len(self.sentence.words):
            return False
        group = self.sentence.groups.get(place, ())
        word = self.sentence.words[place]
        if any(m.meaning.means == "person" or m.meaning.name in {"admins", "moderation"} for m in group):
            return True
        if self._in(word.stem, "relations") or (
            self._in(self.words(place - 1), "articles") and self._ends_as_people(place)
        ):
            return True
        if word.folded in {"staff", "management", "personnel", "they", "hr"}:
            return True
        return word.stem != word.folded and self._ends_as_people(place)

    def _ends_as_people(self, place: int) -> bool:
        """Tell whether an unknown word has an ending of words for people."""
        ends = self.sentence.words[place].stem.endswith(("er", "or", "ist", "ian", "ant", "ee", "man"))
        return ends and place in self.sentence.unknown and not self.sentence.is_one_of(place, "things_in_er")

    def _is_modal(self, place: int) -> bool:
        return self._in(self.words(place), "modals")

    def _has_modal(self, first: int, last: int) -> bool:
        return any(
            self.words(place) in {"must", "needs", "need", "requires", "require", "after", "with", "by", "until"}
            for place in range(first, last)
        )

    def is_one_of(self, place: int, *names: str) -> bool:
        """Tell whether the word here belongs to one of these groups."""
        return self._in(self.words(place), *names)

    def _in(self, word: str, *names: str) -> bool:
        return any(word in _lexicon()[name] for name in names)

    def words(self, place: int) -> str:
        """Return the word at a place as it is compared, nothing outside the text."""
        return self.sentence.words[place].folded if 0 <= place < len(self.sentence.words) else ""

    def span(self, clause: Range) -> Span:
        """Return the words of a clause."""
        start, end = self.sentence.words[clause[0]].start, self.sentence.words[clause[1] - 1].end
        return Span(self.sentence.text[start:end], start, end)


def is_relation(name: str) -> bool:
    """Tell whether people are named by whom they are to somebody (a friend), which no role of a design says."""
    return name in _lexicon()["relations"] or name in _lexicon()["everybody"]


def _names(nouns: Sequence[Noun]) -> Mapping[str, str]:
    return {noun.name: noun.name for noun in nouns}


@cache
def _lexicon() -> dict[str, Any]:
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(Path(__file__).with_name("restrictions.yaml"))
    return loaded
