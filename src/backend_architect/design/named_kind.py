"""Whether an unknown noun of a brief names what a pattern is about: who sells bikes has bikes for listings."""

import re
from collections.abc import Iterator

from backend_architect.brief import Brief, Noun, Span
from backend_architect.patterns import pattern_named

APART = frozenset(
    [
        "and",
        "or",
        "plus",
        "with",
        "without",
        "but",
        "that",
        "which",
        "where",
        "who",
        "has",
        "have",
        "having",
        "by",
        "in",
    ]
)
"""Words after which something else begins than what was booked or sold."""
MOST_BETWEEN = 3


def names_kind(brief: Brief, noun: Noun, pattern: str) -> bool:
    """Tell whether a noun is what the pattern's verb is about (“sell used bikes”), or stands before its word."""
    return any(_follows(brief, word, noun.word) or _precedes(brief, noun.word, word) for word in _words(brief, pattern))


def _words(brief: Brief, pattern: str) -> Iterator[Span]:
    """Return the words that meant the pattern, or a bundle that brings it."""
    for feature in brief.features:
        if feature.pattern == pattern or pattern in pattern_named(feature.pattern).brings:
            yield from feature.words


def _follows(brief: Brief, word: Span, noun: Span) -> bool:
    between = brief.text[word.end : noun.start]
    words = between.lower().split()
    is_near = word.end < noun.start and len(words) <= MOST_BETWEEN
    return is_near and not re.search(r"[^\w\s'-]", between) and APART.isdisjoint(words)


def _precedes(brief: Brief, noun: Span, word: Span) -> bool:
    return noun.end < word.start and not brief.text[noun.end : word.start].strip(" -")
