"""A text as words with their places, and a word without its ending."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cache

WORD = re.compile(r"[^\W_]+(?:['\u2019\u02bc][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a brief: as it stands, folded for comparison, and its stem (its singular)."""

    text: str
    folded: str
    stem: str
    start: int
    end: int


def split_words(text: str, singulars: dict[str, str]) -> tuple[Word, ...]:
    """Return the words of a text; hyphens, underscores and punctuation part them, capitals make no difference."""
    return tuple(_word(match, singulars) for match in WORD.finditer(text))


def _word(match: re.Match[str], singulars: dict[str, str]) -> Word:
    folded = fold_word(match.group())
    return Word(match.group(), folded, singular(folded, singulars), match.start(), match.end())


def fold_word(text: str) -> str:
    """Return the word in one form of Unicode, in lower case, without a possessive ending."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("\u2019", "'").replace("\u02bc", "'")
    return folded.removesuffix("'s")


def singular(word: str, singulars: dict[str, str]) -> str:
    """Return the singular of an English noun; a word that is no plural comes back as it is."""
    if word in singulars:
        return singulars[word]
    if len(word) <= 3 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return word
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith("zzes"):
        return word[:-3]
    if word.endswith(("sses", "xes", "ches", "shes", "oes")) or re.search("[^aeiou]zes$", word):
        return word[:-2]
    return word[:-1]


@cache
def verb_forms(verb: str) -> tuple[str, ...]:
    """Return the forms of a regular verb: share, shared, sharing (the form in -s is found as a plural is)."""
    first, _, rest = verb.partition(" ")
    tail = f" {rest}" if rest else ""
    if first.endswith("e"):
        return verb, f"{first}d{tail}", f"{first[:-1]}ing{tail}"
    if re.search(r"[^aeiou]y$", first):
        return verb, f"{first[:-1]}ied{tail}", f"{first}ing{tail}"
    doubled = first + first[-1] if re.search(r"^[^aeiou]*[aeiou][bdgmnprt]$|[^aeiou]et$", first) else first
    return verb, f"{first}ed{tail}", f"{first}ing{tail}", f"{doubled}ed{tail}", f"{doubled}ing{tail}"
