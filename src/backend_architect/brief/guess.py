"""Which words that nothing matched are things a backend holds, judged by their form and their neighbours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from backend_architect.brief.vocabulary import Vocabulary
from backend_architect.brief.words import Word
from backend_architect.patterns.sensitive import also_other_words, kind_of

MOST_NOUNS = 8
NAME = re.compile(r"[a-z]{3,25}\Z")


@dataclass(frozen=True, slots=True)
class Guess:
    """What unknown words were taken for, by their places: things, with an identifier each; people; empty words."""

    things: dict[int, str]
    people: frozenset[int]
    empty: frozenset[int]


def guess_unknown(words: Sequence[Word], unknown: Sequence[int], vocabulary: Vocabulary, *, alone: bool) -> Guess:
    """Return what the unknown words are; `alone` says that nothing else was understood, so that more may be guessed."""
    around = _Around(words, vocabulary, frozenset(unknown))
    people = frozenset(place for place in unknown if around.is_people(place))
    rest = [place for place in unknown if place not in people]
    things = _named(around, [place for place in rest if around.is_thing(place)])
    if alone and not things:
        things = _named(around, [place for place in rest if around.is_about(place)][:1])
    heads = frozenset(place for place in rest if place not in things and around.is_head(place))
    return Guess(things, people, heads)


def is_other_language(words: Sequence[Word], vocabulary: Vocabulary) -> bool:
    """Tell whether the text is in a language other than English, as far as its small words tell."""
    foreign = sum(word.folded in vocabulary.language["foreign"] for word in words)
    english = sum(word.folded in vocabulary.language["stop"] for word in words)
    other_script = sum(not word.folded.isascii() for word in words)
    return (foreign >= 2 and foreign * 2 > english) or other_script * 2 > len(words)


def _named(around: "_Around", places: Sequence[int]) -> dict[int, str]:
    """Return the singular at each place, of a few different ones at most."""
    found: dict[int, str] = {}
    for place in places:
        name = around.words[place].stem
        if name in found.values() or len(set(found.values())) < MOST_NOUNS:
            found[place] = name
    return found


@dataclass(frozen=True, slots=True)
class _Around:
    """The words of a brief, to be judged by what stands beside them."""

    words: Sequence[Word]
    vocabulary: Vocabulary
    unknown: frozenset[int]

    def is_thing(self, place: int) -> bool:
        """Tell whether a noun stands here: a plural, `a <noun>`, or what a tracker tracks."""
        if not NAME.match(self.words[place].stem) or self.is_one_of(place - 1, "limits"):
            return False
        if self.is_one_of(place + 1, "heads"):
            return True
        is_noun = self._is_noun_in_plural(place) or self._is_noun_with_article(place) or self._is_sensitive(place)
        return not self.is_head(place) and is_noun

    def is_about(self, place: int) -> bool:
        """Tell whether this says what the software is about: a `weather API`."""
        fits = NAME.match(self.words[place].stem) and not self.words[place].folded.endswith(self._endings("not_nouns"))
        return bool(fits) and self.is_one_of(place + 1, "software")

    def is_people(self, place: int) -> bool:
        """Tell whether people are meant, as in `for gardeners`, `only editors` or `editors may`."""
        word = self.words[place]
        ends = word.stem.endswith(self._endings("people_end")) and not self.is_one_of(place, "things_in_er")
        beside = self.is_one_of(place - 1, "for_whom") or self.is_one_of(place - 1, "limits")
        return ends and self._is_plural(place) and (beside or self.is_one_of(place + 1, "modals"))

    def is_head(self, place: int) -> bool:
        """Tell whether this is a word such as `tracker`, which says little by itself."""
        return self.is_one_of(place, "heads")

    def is_one_of(self, place: int, group: str) -> bool:
        """Tell whether there is a word here that belongs to a group of `language.yaml`."""
        if not 0 <= place < len(self.words):
            return False
        word = self.words[place]
        return not self.vocabulary.language[group].isdisjoint((word.folded, word.stem))

    def _is_noun_in_plural(self, place: int) -> bool:
        is_verb = self.is_one_of(place - 1, "subjects") or self.is_one_of(place + 1, "determiners")
        is_part_of_more = (
            place + 1 in self.unknown and not self._is_plural(place + 1) and not self._is_participle(place + 1)
        )
        return self._is_plural(place) and not is_verb and not is_part_of_more

    def _is_noun_with_article(self, place: int) -> bool:
        behind_people = self.is_one_of(place - 1, "people") and self.is_one_of(place - 2, "determiners")
        has_article = self.is_one_of(place - 1, "determiners") or behind_people
        if not has_article or place + 1 in self.unknown:
            return False
        is_adjective = self.words[place].folded.endswith(self._endings("not_nouns"))
        return not is_adjective and not self.is_one_of(place - 2, "outer")

    def _is_sensitive(self, place: int) -> bool:
        """Tell whether a thing is named, in the singular too, that must not go unseen: `check their balance`."""
        word = self.words[place].stem
        if kind_of(word) is None or word in also_other_words():
            return False
        ends = place + 1 not in self.unknown or self._is_plural(place + 1)
        return ends and not self.words[place].folded.endswith(("ed", "ing"))

    def _is_participle(self, place: int) -> bool:
        return self.words[place].folded.endswith(("ed", "ing"))

    def _is_plural(self, place: int) -> bool:
        return self.words[place].stem != self.words[place].folded

    def _endings(self, group: str) -> tuple[str, ...]:
        return tuple(self.vocabulary.language[group])
