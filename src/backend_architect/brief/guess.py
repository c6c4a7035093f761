"""Which words that nothing matched are things a backend holds, judged by their form and their neighbours."""

import re
from collections.abc import Sequence

from backend_architect.brief.vocabulary import Vocabulary
from backend_architect.brief.words import Word
from backend_architect.design.names import RESERVED_SQL

MOST_NOUNS = 8
NAME = re.compile(r"[a-z][a-z]{2,24}\Z")


def guess_nouns(words: Sequence[Word], unknown: Sequence[int], vocabulary: Vocabulary) -> dict[int, str]:
    """Return the places of unknown words that name things, with an identifier for each; a few at most."""
    found: dict[int, str] = {}
    for place in unknown:
        name = _identifier(words[place].stem)
        if name and _is_thing(words, place, set(unknown), vocabulary):
            if name not in found.values() and len(set(found.values())) >= MOST_NOUNS:
                continue
            found[place] = name
    return found


def is_other_language(words: Sequence[Word], vocabulary: Vocabulary) -> bool:
    """Tell whether the text is in a language other than English, as far as its small words tell."""
    foreign = sum(word.folded in vocabulary.language["foreign"] for word in words)
    english = sum(word.folded in vocabulary.language["stop"] for word in words)
    other_script = sum(not word.folded.isascii() for word in words)
    return foreign >= 2 and foreign * 2 > english or other_script * 2 > len(words)


def _identifier(stem: str) -> str:
    if not NAME.match(stem):
        return ""
    return f"{stem}_item" if stem in RESERVED_SQL | PYTHON_WORDS else stem


PYTHON_WORDS = frozenset({"class", "import", "def", "global", "lambda", "pass", "raise", "yield", "async", "await"})


def _is_thing(words: Sequence[Word], place: int, unknown: set[int], vocabulary: Vocabulary) -> bool:
    word, before, after = words[place], _folded(words, place - 1), _folded(words, place + 1)
    said = vocabulary.language
    if after in said["heads"] or words[place].stem in said["heads"]:
        return after in said["heads"]
    if word.stem != word.folded:
        is_verb = before in said["subjects"] or after in said["determiners"]
        return not is_verb and place + 1 not in unknown - _plurals(words, unknown)
    if before not in said["determiners"] or place + 1 in unknown:
        return False
    outer = _folded(words, place - 2) in said["outer"]
    return not outer and not word.folded.endswith(tuple(said["not_nouns"]))


def _plurals(words: Sequence[Word], places: set[int]) -> set[int]:
    return {place for place in places if words[place].stem != words[place].folded}


def _folded(words: Sequence[Word], place: int) -> str:
    return words[place].folded if 0 <= place < len(words) else ""
