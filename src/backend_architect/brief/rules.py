"""Who may do what, as far as a brief says it: no design carries it out from a sentence, so it is told word for word."""

from backend_architect.brief.sentence import THINGS, Range, Sentence


def find_rules(sentence: Sentence) -> tuple[Range, ...]:
    """Return the clauses that allow something only to some, or forbid it: `only editors can publish`."""
    return tuple((first, last) for first, last in sentence.clauses() if _limits(sentence, first, last))


def denied_verbs(sentence: Sentence, rules: tuple[Range, ...]) -> frozenset[int]:
    """Return the places of what is forbidden to do, which does not ask for it: people cannot `comment`."""
    found = set()
    for first, last in rules:
        for place in range(first, last - 1):
            if _is_forbidding(sentence, place) and sentence.means(place + 1) in {"pattern", "weak"}:
                found.add(place + 1)
    return frozenset(found)


def _limits(sentence: Sentence, first: int, last: int) -> bool:
    for at in range(first, last):
        if _is_only(sentence, at) or (_is_forbidding(sentence, at) and _names_something(sentence, at + 1, last)):
            return True
    return False


def _names_something(sentence: Sentence, first: int, last: int) -> bool:
    return any(at in sentence.unknown or sentence.means(at) in THINGS for at in range(first, last))


def _is_only(sentence: Sentence, place: int) -> bool:
    """Tell whether `only` stands beside people or beside what they may do."""
    if not sentence.is_one_of(place, "limits"):
        return False
    if sentence.is_one_of(place - 1, "modals") or is_person(sentence, place - 1):
        return True
    who = place + 1
    while not sentence.breaks(who) and sentence.is_one_of(who, "light", "direct", "by_whom"):
        who += 1
    return is_person(sentence, who) or (who in sentence.unknown and sentence.is_one_of(who + 1, "modals"))


def _is_forbidding(sentence: Sentence, place: int) -> bool:
    """Tell whether something is forbidden or denied here: may not, cannot, must never, do not let, nobody can."""
    if sentence.is_one_of(place, "forbids"):
        return True
    if sentence.is_one_of(place, "nobody"):
        return sentence.is_one_of(place + 1, "modals")
    if sentence.is_one_of(place, "strict") and sentence.is_one_of(place + 2, "modals"):
        return is_person(sentence, place + 1) or sentence.words[place + 1].folded == "one"
    follows = sentence.is_one_of(place - 1, "modals", "does") and not sentence.breaks(place)
    return sentence.is_negator(place) and (follows or sentence.is_one_of(place, "does_not"))


def is_person(sentence: Sentence, place: int) -> bool:
    """Tell whether people are meant: a known word for them, or staff and administrators."""
    if not 0 <= place < len(sentence.words):
        return False
    group = sentence.groups.get(place, ())
    return any(m.meaning.means == "person" or m.meaning.name in {"admins", "moderation"} for m in group)
