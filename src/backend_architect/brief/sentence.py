"""The words of a brief with what was found in them, to be asked what stands beside what."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from backend_architect.brief.vocabulary import Match, Vocabulary
from backend_architect.brief.words import Word

Range = tuple[int, int]
"""Words `[first, last)` of a brief."""

FARTHEST = 40
"""So many words away nothing belongs to a clause, however long it is."""

BREAK = re.compile(r"[.;:!?()\[\]\n\u2013\u2014]|\s-\s")
THINGS = frozenset({"pattern", "weak", "kind", "thing", "client", "provider", "account_mail", "sign_in"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """The words of a brief; `groups` are the matches by their first word, `unknown` the places without a match."""

    text: str
    words: tuple[Word, ...]
    vocabulary: Vocabulary
    groups: Mapping[int, tuple[Match, ...]]
    unknown: frozenset[int]

    def gap(self, place: int) -> str:
        """Return what stands between a word and the one before it."""
        if not 0 < place < len(self.words):
            return ""
        return self.text[self.words[place - 1].end : self.words[place].start]

    def breaks(self, place: int) -> bool:
        """Tell whether the text ends before this word, or something else begins: a full stop, a bracket, a dash."""
        return not 0 <= place < len(self.words) or bool(BREAK.search(self.gap(place)))

    def is_one_of(self, place: int, *names: str) -> bool:
        """Tell whether the word here belongs to one of these groups of `language.yaml`."""
        if not 0 <= place < len(self.words):
            return False
        return any(self.words[place].folded in self.vocabulary.language[name] for name in names)

    def means(self, place: int) -> str:
        """Return what kind of meaning begins here, or nothing."""
        return self.groups[place][0].meaning.means if place in self.groups else ""

    def is_negator(self, place: int) -> bool:
        """Tell whether a verb is denied here: not, never, don't."""
        if not 0 <= place < len(self.words) or self.means(place) in {"filler", "negator"}:
            return False
        return self.is_one_of(place, "deniers") or self.words[place].folded.endswith("n't")

    def thing(self, place: int) -> Range | None:
        """Return the thing that is named here: known words, or unknown ones up to a pause; None for anything else.

        Of several known things in a row the last is meant: `product reviews` are reviews. A known one beside an unknown
        word is not simply the thing (`spam messages`).
        """
        first = last = place
        while (end := self._one_thing(last)) and (last == place or not self._pauses(last)):
            if last > place and (last in self.unknown or first in self.unknown):
                return None
            first, last = last, end
        if last == place or (first in self.unknown and not self.pauses_after(last)):
            return None
        return first, last

    def _one_thing(self, place: int) -> int:
        """Return where the known thing or the unknown words that begin here end, 0 when there are none."""
        if self.means(place) in THINGS:
            return self.groups[place][0].last
        last = place
        while last in self.unknown and (last == place or not self._pauses(last)):
            last += 1
        named = last > place and not self.words[place].folded.endswith(("ed", "ly"))
        return last if named else 0

    def _pauses(self, place: int) -> bool:
        return bool(self.gap(place).strip(" -"))

    def pauses_after(self, place: int) -> bool:
        """Tell whether a phrase may end before this word."""
        return self.breaks(place) or self._pauses(place) or self.is_one_of(place, "joiners", "after_things", "outer")

    def clauses(self) -> Iterator[Range]:
        """Yield the parts of the text that say one thing each."""
        first = 0
        for place in range(1, len(self.words) + 1):
            if place == len(self.words) or self._begins_clause(first, place):
                if place > first:
                    yield first, place
                first = place + self.is_one_of(place, "joiners", "clauses")

    def _begins_clause(self, first: int, place: int) -> bool:
        if self.breaks(place) or "," in self.gap(place) or self.is_one_of(place, "clauses"):
            return True
        return self.is_one_of(place, "joiners") and self._has_modal(first, place) and self._has_modal_after(place)

    def _has_modal(self, first: int, last: int) -> bool:
        return any(self.is_one_of(place, "modals") for place in range(max(first, last - FARTHEST), last))

    def _has_modal_after(self, place: int) -> bool:
        for after in range(place + 1, min(place + FARTHEST, len(self.words))):
            if self.breaks(after) or "," in self.gap(after) or self.is_one_of(after, "clauses", "joiners"):
                return False
            if self.is_one_of(after, "modals"):
                return True
        return False
