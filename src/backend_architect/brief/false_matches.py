"""Words that look like a feature and ask for none: `bank-like`, `something like Venmo`, `post openings`."""

from collections.abc import Sequence

from backend_architect.brief.vocabulary import Match, Meaning, Vocabulary
from backend_architect.brief.words import Word

Groups = tuple[tuple[Match, ...], ...]
FILLER = Meaning("filler")
BOOK = Meaning("thing", "book")
PRONOUNS = frozenset({"them", "it", "each", "others", "other", "everything", "something", "these", "those", "one"})
WHO_LIKES = frozenset({"they", "who", "to", "also", "a", "one", "the", "may", "let"})
AFTER_A_COMMA = frozenset(
    {"posts", "reactions", "comments", "articles", "forum", "files", "products", "listings", "events"}
)
POSTING = frozenset({"post", "posts", "posted", "posting", "tweet", "tweets"})
HELD_BY_POSTS = frozenset({"posts", "files", "comments", "reactions", "tags", "sharing", "follows", "feed", "profiles"})
ISSUING = frozenset({"issue", "issues", "issued", "issuing"})
PASSED_OVER = 3


def without_wrong_words(text: str, words: Sequence[Word], groups: Groups, vocabulary: Vocabulary) -> Groups:
    """Return the matches, where words that only look like a feature are fillers."""
    around = _Around(text, words, groups, vocabulary)
    return tuple(_other(group, FILLER) if around.is_wrong(group[0]) else around.books(group) for group in groups)


def _other(group: tuple[Match, ...], meaning: Meaning) -> tuple[Match, ...]:
    return (Match(group[0].first, group[0].last, meaning),)


class _Around:
    """The words of a brief and what each was taken for."""

    def __init__(self, text: str, words: Sequence[Word], groups: Groups, vocabulary: Vocabulary) -> None:
        self.text = text
        self.words = words
        self.vocabulary = vocabulary
        self.by_place = {group[0].first: group[0] for group in groups}
        self.known = {at for group in groups for at in range(group[0].first, group[0].last)}

    def is_wrong(self, match: Match) -> bool:
        """Tell whether a match means no feature where it stands."""
        if match.meaning.means not in {"pattern", "weak", "kind"}:
            return False
        folded = self.words[match.first].folded
        if self._folded(match.last) == "like" and self._gap(match.last).strip() == "-":
            return True
        if self._folded(match.first - 1) in {"post", "pre", "non"} and self._is_part_of_a_word(match.first):
            return True
        if folded == "like":
            return not self._is_liking(match.first)
        if folded == "likes":
            return self._folded(match.last) == "of"
        if folded in POSTING:
            return self._is_part_of_a_word(match.first) or self._has_another_object(match.first, HELD_BY_POSTS)
        if folded in ISSUING:
            return folded in {"issued", "issuing"} or self._has_another_object(match.first, frozenset({"tickets"}))
        return False

    def books(self, group: tuple[Match, ...]) -> tuple[Match, ...]:
        """Return the match, as a thing where it is a book, and nobody books something."""
        match = group[0]
        is_verb = match.meaning.name == "bookings" and self.words[match.first].folded in {"books", "book"}
        return _other(group, BOOK) if is_verb and self._are_books(match.first) else group

    def _is_liking(self, place: int) -> bool:
        """Tell whether somebody likes something here, and nothing is compared."""
        before, after = self._folded(place - 1), self._folded(place + 1)
        if (
            self._is_part_of_a_word(place)
            or self._is_name(place + 1)
            or after in {"me", "us", "you", "a", "an", "for", "as"}
        ):
            return after in {"a", "an"} and before in {"can", "to", "may", "could"}
        if before in self.vocabulary.language["modals"] or before in self.vocabulary.language["joiners"]:
            return True
        joined = after in self.vocabulary.language["joiners"] or after in PRONOUNS
        if "," in self._gap(place):
            return joined or (place + 1 in self.by_place and self.by_place[place + 1].meaning.name in AFTER_A_COMMA)
        if before in WHO_LIKES:
            return True
        plural = place > 0 and self.words[place - 1].folded != self.words[place - 1].stem
        is_people = place - 1 in self.by_place and self.by_place[place - 1].meaning.means == "person"
        return is_people and (plural or before == "people") and after != "to"

    def _has_another_object(self, place: int, own: frozenset[str]) -> bool:
        """Tell whether a verb stands before what it is done to, which is a thing of its own: `post openings`."""
        at = place + 1
        while at < min(len(self.words), place + 1 + PASSED_OVER) and not self._gap(at).strip():
            found = self.by_place.get(at)
            if found and found.meaning.means in {"pattern", "kind", "weak", "thing"}:
                return found.meaning.name not in own
            if at not in self.known:
                return self.words[at].folded != self.words[at].stem or self._folded(at - 1) in {"a", "an", "the"}
            if self._folded(at) not in {"a", "an", "the", "their", "new", "any", "his", "her", "our", "some", "open"}:
                return False
            at += 1
        return False

    def _are_books(self, place: int) -> bool:
        """Tell whether books are meant, and not that somebody books something."""
        before = self._folded(place - 1)
        if self.words[place].folded == "book":
            return before in {"a", "the", "each", "every", "per", "one"} or self._folded(place + 1) in {
                "club", "store", "shop", "review", "reviews", "list", "title", "titles", "cover", "exchange", "swap"
            }  # fmt: skip
        is_one = place - 1 in self.by_place and self.by_place[place - 1].meaning.means == "person"
        return not (is_one and before == self.words[place - 1].stem)

    def _is_part_of_a_word(self, place: int) -> bool:
        """Tell whether a hyphen ties the word to another: `bank-like`, `post-purchase`."""
        return "-" in self._gap(place).strip(" ") or self._gap(place + 1).startswith("-")

    def _is_name(self, place: int) -> bool:
        """Tell whether a name with a capital stands there, within a text that has small letters."""
        return place < len(self.words) and self.words[place].text[:1].isupper() and not self.text.isupper()

    def _folded(self, place: int) -> str:
        return self.words[place].folded if 0 <= place < len(self.words) else ""

    def _gap(self, place: int) -> str:
        if not 0 < place < len(self.words):
            return ""
        return self.text[self.words[place - 1].end : self.words[place].start]
