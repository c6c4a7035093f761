"""What a word of a brief is about, as far as it stands beside it: who sells bikes has bikes for listings."""

import re
from collections.abc import Iterator, Mapping

from backend_architect.brief import Brief, Feature, Noun, Span
from backend_architect.brief.vocabulary import read_vocabulary
from backend_architect.brief.words import split_words
from backend_architect.patterns import Pattern, pattern_named

JOINING = ("and", "or", "plus", "but", "with", "without")
SEPARATING_WORDS = frozenset((*JOINING, "by", "has", "have", "having", "in", "that", "where", "which", "who"))
"""Words after which something else begins than what was booked, sold or rated."""
MOST_BETWEEN = 3


def names_kind(brief: Brief, noun: Noun, pattern: str) -> bool:
    """Tell whether a noun is what the pattern's verb is about (“sell used bikes”), or stands before its word."""
    return any(_is_about(brief, word, noun.word) for word in _words(brief, pattern))


def read_targets(brief: Brief) -> Mapping[str, str]:
    """Return what each pattern that is attached to something was said to be about: a noun, or a known entity."""
    attached = [feature for feature in brief.features if pattern_named(feature.pattern).attaches_to]
    found = {feature.pattern: _target(brief, feature) for feature in attached}
    return {name: target for name, target in found.items() if target}


def _target(brief: Brief, feature: Feature) -> str:
    things = [*_nouns(brief), *_entities(brief, pattern_named(feature.pattern))]
    said = [name for word in feature.words for name, span in things if _is_about(brief, word, span)]
    return said[0] if said else ""


def _nouns(brief: Brief) -> Iterator[tuple[str, Span]]:
    """Yield each unknown noun at each of its places."""
    names = {noun.name for noun in brief.nouns}
    for word in split_words(brief.text, read_vocabulary().singulars):
        if word.stem in names:
            yield word.stem, Span(word.text, word.start, word.end)


def _entities(brief: Brief, pattern: Pattern) -> Iterator[tuple[str, Span]]:
    """Yield each entity that the pattern knows, at the words that meant it."""
    for feature in brief.features:
        other = pattern_named(feature.pattern)
        own = [] if other.attaches_to else [*other.body.fragment.get("entities", {})]
        yield from ((own[0], span) for span in feature.words if own[:1] and own[0] in pattern.attaches_to)


def _words(brief: Brief, pattern: str) -> Iterator[Span]:
    """Return the words that meant the pattern, or a bundle that brings it."""
    for feature in brief.features:
        if feature.pattern == pattern or pattern in pattern_named(feature.pattern).brings:
            yield from feature.words


def _is_about(brief: Brief, word: Span, noun: Span) -> bool:
    return _follows(brief, word, noun) or _precedes(brief, noun, word)


def _follows(brief: Brief, word: Span, noun: Span) -> bool:
    between = brief.text[word.end : noun.start]
    words = between.lower().split()
    is_near = word.end < noun.start and len(words) <= MOST_BETWEEN
    return is_near and not re.search(r"[^\w\s'-]", between) and SEPARATING_WORDS.isdisjoint(words)


def _precedes(brief: Brief, noun: Span, word: Span) -> bool:
    return noun.end < word.start and not brief.text[noun.end : word.start].strip(" -")
