"""A word that is nearly one that the vocabulary knows: `tikets`."""

from backend_architect.brief.vocabulary import Vocabulary
from backend_architect.brief.words import fold_word

SHORTEST = 6
MEANT = frozenset({"pattern", "kind", "person"})


def likely_meant(text: str, vocabulary: Vocabulary) -> str:
    """Return the known word that differs by one letter, which is not the first; nothing when there is none."""
    folded = fold_word(text)
    words = {vocabulary.stem(folded), folded.removesuffix("s")}
    known = (key[0] for key, meanings in vocabulary.phrases.items() if len(key) == 1 and meanings[0].means in MEANT)
    near = (other for other in known if len(other) >= SHORTEST and any(_is_one_edit(word, other) for word in words))
    return min(near, default="")


def _is_one_edit(one: str, other: str) -> bool:
    """Tell whether a letter was left out, added, changed or swapped with its neighbour."""
    if one[:1] != other[:1] or abs(len(one) - len(other)) > 1 or one == other:
        return False
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
    return swapped or one[at + 1 :] == other[at:] or one[at:] == other[at + 1 :] or one[at + 1 :] == other[at + 1 :]
