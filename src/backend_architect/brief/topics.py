"""What a whole brief is about that must not be open; and the words that mean something else there."""

from collections.abc import Sequence

from backend_architect.brief.model import Mention, Span
from backend_architect.brief.vocabulary import Match, Meaning, Vocabulary
from backend_architect.brief.words import Word
from backend_architect.patterns.load import pattern_named
from backend_architect.patterns.sensitive import ANONYMITY, Topic, topics

Groups = tuple[tuple[Match, ...], ...]
CONTRIBUTIONS = frozenset({"pattern", "weak", "kind"})


def find_topics(text: str, words: Sequence[Word], vocabulary: Vocabulary) -> tuple[Mention, ...]:
    """Return the sensitive topics of a brief, each with the first words that name it."""
    found: dict[str, Mention] = {}
    for topic in topics():
        for phrase in topic.words:
            key = vocabulary.key(phrase)
            place = _place_of(key, words)
            if place >= 0:
                start, end = words[place].start, words[place + len(key) - 1].end
                found.setdefault(topic.name, Mention(topic.name, Span(text[start:end], start, end)))
    return tuple(found.values())


def taken_by_topics(groups: Groups, words: Sequence[Word], named: Sequence[Mention]) -> Groups:
    """Return the matches with those that mean a thing of its own here: the scores of a school are no leaderboard."""
    present = [topic for topic in topics() if topic.name in {one.name for one in named}]
    return tuple(_taken(group, words, present) for group in groups)


def _taken(group: tuple[Match, ...], words: Sequence[Word], present: Sequence[Topic]) -> tuple[Match, ...]:
    first = group[0]
    if first.meaning.means not in CONTRIBUTIONS:
        return group
    stem = " ".join(word.stem for word in words[first.first : first.last])
    for topic in present:
        by_pattern = first.meaning.name in topic.takes_patterns and _names_a_row(first, stem)
        if stem in topic.takes or by_pattern:
            return (Match(first.first, first.last, Meaning("thing", topic.name)),)
    return group


def _names_a_row(match: Match, stem: str) -> bool:
    """Tell whether the word is a thing that somebody makes, and not what holds them: a comment, and no forum."""
    pattern = pattern_named(match.meaning.name)
    return stem.replace(" ", "_") not in {"forum", "helpdesk"} and not pattern.is_bundle


def is_anonymous(named: Sequence[Mention]) -> bool:
    """Tell whether a brief wants that nobody knows who wrote what."""
    return any(one.name == ANONYMITY for one in named)


def _place_of(key: tuple[str, ...], words: Sequence[Word]) -> int:
    """Return where the phrase stands, or -1; hyphens and plurals make no difference."""
    stems = [word.stem for word in words]
    places = range(len(stems) - len(key) + 1)
    return next((at for at in places if tuple(stems[at : at + len(key)]) == key), -1)
