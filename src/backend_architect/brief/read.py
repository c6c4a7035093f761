"""A brief, read offline: matched with the vocabulary, word by word, without a model."""

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from backend_architect.brief.amounts import read_amounts
from backend_architect.brief.disambiguate import disambiguate_matches
from backend_architect.brief.false_matches import without_wrong_words
from backend_architect.brief.guess import Guess, guess_unknown, is_other_language
from backend_architect.brief.limits import Exclusions, read_limits
from backend_architect.brief.model import Amount, Brief, Excluded, Feature, Intent, Mention, NamedKind, Noun, Span
from backend_architect.brief.restrictions import read_restrictions
from backend_architect.brief.scope import read_scope
from backend_architect.brief.sentence import Range, Sentence
from backend_architect.brief.topics import find_topics, is_anonymous, taken_by_topics
from backend_architect.brief.vocabulary import Match, Means, Vocabulary, read_vocabulary
from backend_architect.brief.words import Word, split_words
from backend_architect.patterns.sensitive import ANONYMITY, is_issued

MAX_LENGTH = 20_000
NEAR = 30
"""Characters behind `anonymous` within which it holds for a noun; twice as many before it, where none is behind."""
NOTHING = Guess({}, frozenset(), frozenset())


def read_brief(text: str) -> Brief:
    """Return what the text says of a backend, with the place of every word, and what was not understood."""
    vocabulary = read_vocabulary()
    shown = text[:MAX_LENGTH]
    product = _product(shown, vocabulary)
    words = split_words(shown, vocabulary.singulars)
    amounts = read_amounts(shown, vocabulary)
    scope = read_scope(shown, words)
    topics = find_topics(shown, words, vocabulary)
    matches = without_wrong_words(shown, words, tuple(vocabulary.matches(words)), vocabulary)
    matches = taken_by_topics(matches, words, topics)
    covered = _covered(words, amounts, product) | scope.silent
    reading = _Reading(shown, words, matches, vocabulary, covered)
    put_off = reading.put_off(scope.put_off)
    sentence = reading.sentence()
    limits = read_limits(sentence)
    reading = replace(reading, covered=reading.covered | limits.silent)
    in_english = not is_other_language(words, vocabulary)
    alone = not reading.features() and not reading.of("thing")
    guess = guess_unknown(words, reading.unknown(), vocabulary, alone=alone) if in_english else NOTHING
    reading = replace(
        reading, matches=disambiguate_matches(reading.counted(), has_nouns=bool(guess.things or reading.of("thing")))
    )
    nouns = _nouns(reading, guess.things)
    anonymous = _anonymous(reading, topics, nouns)
    judged = guess.things.keys() | guess.people | guess.empty
    excluded, denied = reading.excluded(limits, put_off)
    reported = [*limits.rules, *limits.unclear, *denied]
    return Brief(
        text=shown,
        intent=reading.intent(has_nouns=bool(nouns)),
        features=reading.features(),
        kinds=reading.kinds(),
        nouns=nouns,
        excluded=excluded,
        people=reading.people(guess.people),
        amounts=amounts,
        clients=reading.mentions("client"),
        providers=reading.mentions("provider"),
        account_mail=reading.mentions("account_mail"),
        scale=next(iter(reading.mentions("scale")), None),
        product=product,
        accounts=not reading.mentions("no_accounts") and all(one.pattern != "accounts" for one in excluded),
        words=_in_order([*reading.meaningful(), *(n.word for n in nouns), *(a.word for a in amounts)]),
        not_understood=_in_order([*reading.left(reported, judged), *scope.questions]),
        topics=topics,
        anonymous=anonymous,
        restrictions=read_restrictions(sentence, nouns) if in_english else (),
        in_english=in_english,
        cut=len(text) > MAX_LENGTH,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    text: str
    words: tuple[Word, ...]
    matches: tuple[tuple[Match, ...], ...]
    vocabulary: Vocabulary
    covered: frozenset[int]

    def sentence(self) -> Sentence:
        """Return the words with their matches, to look for what is not wanted or allowed."""
        groups = {group[0].first: group for group in self.matches if group[0].first not in self.covered}
        return Sentence(self.text, self.words, self.vocabulary, groups, frozenset(self.unknown()))

    def counted(self) -> tuple[tuple[Match, ...], ...]:
        """Return the matches that are not covered."""
        return tuple(group for group in self.matches if group[0].first not in self.covered)

    def of(self, means: Means) -> list[Match]:
        """Return the matches with that kind of meaning."""
        return [m for group in self.matches for m in group if m.meaning.means == means and m.first not in self.covered]

    def span(self, first: int, last: int) -> Span:
        """Return words `[first, last)` with what stands between them."""
        start, end = self.words[first].start, self.words[last - 1].end
        return Span(self.text[start:end], start, end)

    def features(self) -> tuple[Feature, ...]:
        """Return each pattern that words meant, in the order of the text; a kind's word means its pattern too."""
        found: dict[str, list[Span]] = {}
        for match in sorted([*self.of("pattern"), *self.of("weak"), *self.of("kind")], key=lambda m: m.first):
            spans = found.setdefault(match.meaning.name, [])
            span = self.span(match.first, match.last)
            if span not in spans:
                spans.append(span)
        return tuple(Feature(name, tuple(spans)) for name, spans in found.items())

    def kinds(self) -> tuple[NamedKind, ...]:
        """Return the kinds that words named, in the order of the text."""
        return tuple(NamedKind(m.meaning.name, m.meaning.detail, self.span(m.first, m.last)) for m in self.of("kind"))

    def mentions(self, means: Means) -> tuple[Mention, ...]:
        """Return what was mentioned, once each, in the order of the text."""
        found: dict[str, Mention] = {}
        for match in self.of(means):
            found.setdefault(match.meaning.name, Mention(match.meaning.name, self.span(match.first, match.last)))
        return tuple(found.values())

    def put_off(self, places: AbstractSet[int]) -> tuple[Excluded, ...]:
        """Return what is named at these places, which is for another time."""
        groups = [group[0] for group in self.matches if group[0].first in places]
        named = [one for one in groups if one.meaning.means in {"pattern", "kind"}]
        return tuple(Excluded(one.meaning.name, self.span(one.first, one.last)) for one in named)

    def excluded(self, limits: Exclusions, put_off: Sequence[Excluded]) -> tuple[tuple[Excluded, ...], list[Range]]:
        """Return what is not wanted; and the words that deny something which is wanted elsewhere in the text."""
        wanted = {feature.pattern for feature in self.features()}
        found: dict[Span, Excluded] = {one.word: one for one in put_off if one.pattern not in wanted}
        denied: list[Range] = []
        for (first, last), said in limits.things:
            pattern = limits.pattern_at(first)
            if pattern in wanted:
                denied.append(said)
            else:
                found.setdefault(self.span(first, last), Excluded(pattern, self.span(first, last)))
        return tuple(found.values()), denied

    def people(self, guessed: Iterable[int]) -> tuple[Mention, ...]:
        """Return the people named in the text, once each, by their singular; not those who are everyone."""
        known = [(m.first, m.last) for m in self.of("person")]
        found: dict[str, Mention] = {}
        for first, last in sorted([*known, *((place, place + 1) for place in guessed)]):
            stem = " ".join(word.stem for word in self.words[first:last])
            if stem not in self.vocabulary.language["generic_people"]:
                found.setdefault(stem, Mention(stem, self.span(first, last)))
        return tuple(found.values())

    def left(self, reported: Sequence[Range], judged: AbstractSet[int]) -> tuple[Span, ...]:
        """Return what was not understood, once each: words without a meaning, and phrases that are not carried out."""
        inside = {place for first, last in reported for place in range(first, last)}
        nouns = {self.words[place].stem for place in judged}
        free = [i for i in self.unknown() if i not in judged | inside and self.words[i].stem not in nouns]
        spans = _in_order([*self.phrases(free), *(self.span(first, last) for first, last in reported)])
        return tuple({span.text.lower(): span for span in reversed(spans)}.values())[::-1]

    def meaningful(self) -> list[Span]:
        """Return every understood piece that is more than a stop word."""
        groups = [g[0] for g in self.matches if g[0].meaning.means not in {"stop", "filler", "negator"}]
        return [self.span(m.first, m.last) for m in groups if m.first not in self.covered]

    def unknown(self) -> tuple[int, ...]:
        """Return the places of the words that nothing matched: no stop words, no numbers."""
        known = {i for group in self.matches for i in range(group[0].first, group[0].last)} | self.covered
        return tuple(i for i, w in enumerate(self.words) if i not in known and not _says_nothing(w))

    def phrases(self, places: Iterable[int]) -> tuple[Span, ...]:
        """Return words as spans; those with only blanks or hyphens between them are one phrase."""
        runs: list[list[int]] = []
        for place in places:
            if runs and runs[-1][1] == place and self._joined(place):
                runs[-1][1] = place + 1
            else:
                runs.append([place, place + 1])
        return tuple(self.span(first, last) for first, last in runs)

    def _joined(self, place: int) -> bool:
        between = self.text[self.words[place - 1].end : self.words[place].start]
        return not between.strip(" -") and len(between) < 3

    def intent(self, *, has_nouns: bool) -> Intent:
        """Return what the brief asks for; only a design can be made from nothing."""
        folded = [word.folded for word in self.words]
        if any(word in self.vocabulary.language["asking"] for word in folded[:1]):
            return "design"
        imperative = next((w for w in folded if w not in self.vocabulary.language["polite"]), "")
        if imperative in self.vocabulary.evolve:
            return "evolve"
        building = any(word in self.vocabulary.design for word in folded)
        named = has_nouns or bool(self.features())
        running = any(not self.vocabulary.language["running"].isdisjoint((w.folded, w.stem)) for w in self.words)
        return "tune" if self.of("tune") and not building and (running or not named) else "design"


def _says_nothing(word: Word) -> bool:
    return len(word.folded) < 2 or word.folded[0].isdigit()


def _covered(words: Sequence[Word], amounts: Iterable[Amount], product: Span | None) -> frozenset[int]:
    """Return the places of words that belong to a rate, a latency or the product's name."""
    spans = [a.word for a in amounts if a.unit in {"requests", "reads", "writes", "p95_ms"}] + (
        [product] if product else []
    )
    return frozenset(i for i, w in enumerate(words) if any(s.start <= w.start < s.end for s in spans))


def _nouns(reading: _Reading, guessed: Mapping[int, str]) -> tuple[Noun, ...]:
    """Return the things that were named or guessed, once each, with the plural that the text has, or else English."""
    found: dict[str, Noun] = {}
    places = [(place, place + 1, name) for place, name in guessed.items()]
    for match in reading.of("thing"):
        stems = [word.stem for word in reading.words[match.first : match.last]]
        places.append((match.first, match.last, "_".join(stems)))
    for first, last, name in sorted(places):
        written = "_".join([name.rpartition("_")[0], reading.words[last - 1].folded]).lstrip("_")
        noun = found.setdefault(name, Noun(name, reading.span(first, last)))
        if not noun.plural and written != name:
            found[name] = replace(noun, plural=written)
    plurals = reading.vocabulary.plurals
    return tuple(replace(noun, plural=noun.plural or plurals.get(noun.name, "")) for noun in found.values())


def _anonymous(reading: _Reading, topics: Sequence[Mention], nouns: Sequence[Noun]) -> frozenset[str]:
    """Return the nouns that are added without a name: those that were taken for such, and those named beside it."""
    if not is_anonymous(topics):
        return frozenset()
    taken = {
        "_".join(w.stem for w in reading.words[m.first : m.last])
        for m in reading.of("thing")
        if m.meaning.name == ANONYMITY
    }
    word = next(one.word for one in topics if one.name == ANONYMITY)
    behind = {noun.name for noun in nouns if word.end <= noun.word.start < word.end + NEAR}
    before = {noun.name for noun in nouns if word.start - 2 * NEAR < noun.word.end <= word.start}
    written = {noun.name for noun in nouns if not is_issued(noun.name)}
    return frozenset(noun.name for noun in nouns if noun.name in written & (taken | (behind or before)))


def _product(text: str, vocabulary: Vocabulary) -> Span | None:
    """Return the name that stands after `called`: quoted, or words with capitals, or one word."""
    named = "|".join(sorted(vocabulary.language["named"]))
    marks = "\"'`\u2018\u2019\u201c\u201d"
    quoted = rf"[{marks}](?P<quoted>[^{marks}\n]{{1,40}})[{marks}]"
    plain = r"(?P<plain>[^\W_][\w&.+-]*[^\W_](?:\s[A-Z][\w&+-]*){0,3})"
    match = re.search(rf"\b(?i:{named})\s+(?:{quoted}|{plain})", text)
    if not match:
        return None
    group = "quoted" if match["quoted"] else "plain"
    return Span(match[group], match.start(group), match.end(group))


def _in_order(spans: Iterable[Span]) -> tuple[Span, ...]:
    return tuple(sorted(dict.fromkeys(spans), key=lambda span: (span.start, span.end)))
