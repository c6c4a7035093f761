"""What a brief does not want, and what it allows only to some, in one value."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend_architect.brief.negation import find_negation
from backend_architect.brief.rules import denied_verbs, find_rules
from backend_architect.brief.sentence import Range, Sentence
from backend_architect.brief.vocabulary import Match


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Things that are not wanted, each with the words that say so; rules; other denials; words that ask for nothing."""

    things: tuple[tuple[Range, Range], ...]
    rules: tuple[Range, ...]
    unclear: tuple[Range, ...]
    silent: frozenset[int]
    groups: Mapping[int, tuple[Match, ...]]

    def pattern_at(self, place: int) -> str:
        """Return the pattern that is named there, or nothing."""
        meanings = [m.meaning for m in self.groups.get(place, ()) if m.meaning.means in {"pattern", "weak", "kind"}]
        return meanings[0].name if meanings else ""


def read_limits(sentence: Sentence) -> Exclusions:
    """Return what is not wanted and what is not allowed; a clause with something unwanted is no rule."""
    negation = find_negation(sentence)
    said = {place for _, (first, last) in negation.things for place in range(first, last)}
    rules = tuple(rule for rule in find_rules(sentence) if said.isdisjoint(range(*rule)))
    ruled = {place for rule in rules for place in range(*rule)}
    unclear = tuple(one for one in negation.unclear if ruled.isdisjoint(range(*one)))
    things = {place for (first, last), _ in negation.things for place in range(first, last)}
    silent = frozenset(things | said) | negation.denied | denied_verbs(sentence, rules)
    return Exclusions(negation.things, rules, unclear, silent, sentence.groups)
