"""What a brief puts off or only asks about, which adds nothing: `out of scope: payments`, `should it have a chat`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from backend_architect.brief.model import Span
from backend_architect.brief.words import Word

VERSIONS = r"(?:version|release|iteration|phase|mvp|scope)"
PUT_OFF = re.compile(
    rf"\b(?:(?:not|nothing) (?:in|for|part of) (?:this|the first|our first|the initial|the) {VERSIONS}"
    r"|not (?:in|for) (?:v ?1|version 1|mvp|scope)|out of scope|outside (?:the |of )?scope|non[- ]?goals?"
    rf"|in (?:a|the) (?:later|next|future|second) {VERSIONS}|for later|later on|(?:later|future)(?=:)"
    r"|phase (?:2|two)|(?:in )?(?:v ?2|version 2)|nice to have|not (?:now|yet)"
    r"|(?:will )?(?:come|be added|follow) later)\b",
    re.IGNORECASE,
)
END = re.compile(r"[.;!?\n](?:\s|$)")
ASKING = re.compile(
    r"\s*(?:and |or |but )?(?:should|shall|do|does|did|is|are|would|could|can|may|might|must|will"
    r"|what about|how about|maybe|perhaps|any|whether)\b(?! you\b)",
    re.IGNORECASE,
)
ANSWERED_NO = re.compile(r"\s*(?:no|not|never|maybe)\b", re.IGNORECASE)
BEFORE_IT = re.compile(r"(?:.*[,;:.!?\n(])?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class BriefScope:
    """The places of words that ask for nothing now, and the questions among them, as they were asked."""

    silent: frozenset[int]
    put_off: frozenset[int]
    questions: tuple[Span, ...]


def read_scope(text: str, words: Sequence[Word]) -> BriefScope:
    """Return what is put off and what is only asked; a text that is one question asks for what it names."""
    late = [*_put_off(text)]
    asked = [*_questions(text)]
    put_off = _places(words, late)
    return BriefScope(put_off | _places(words, asked), put_off, tuple(Span(text[a:b].strip(), a, b) for a, b in asked))


def _put_off(text: str) -> Iterator[tuple[int, int]]:
    for match in PUT_OFF.finditer(text):
        end = END.search(text, match.end())
        last = end.start() if end else len(text)
        rest = text[match.end() : last].strip(" ,)")
        if rest.startswith((":", "-", "\u2013", "\u2014", "are", "is", "we", "there")):
            yield match.start(), last
        else:
            before = BEFORE_IT.match(text[: match.start()])
            yield (before.end() if before else 0), (match.end() if rest else last)


def _questions(text: str) -> Iterator[tuple[int, int]]:
    sentences = [*re.finditer(r"[^.!?\n]+[.!?\n]*", text)]
    others = [one for one in sentences if not one.group().rstrip().endswith("?")]
    for one in sentences:
        said = one.group()
        is_open = bool(ASKING.match(said) or ANSWERED_NO.match(text, one.end()))
        if said.rstrip().endswith("?") and is_open and any(len(other.group()) > 3 for other in others):
            start = one.start() + len(said) - len(said.lstrip())
            yield start, one.start() + len(said.rstrip())


def _places(words: Sequence[Word], ranges: Sequence[tuple[int, int]]) -> frozenset[int]:
    return frozenset(at for at, word in enumerate(words) if any(a <= word.start < b for a, b in ranges))
