"""What a brief does not want: `without comments`, `no stock and no payments`, `likes are not needed`."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.brief.sentence import Range, Sentence

LONGEST_LIST = 20


@dataclass(frozen=True, slots=True)
class Negation:
    """Things that are not wanted, each with the range of words that says so, and what is denied of other things."""

    things: tuple[tuple[Range, Range], ...]
    denied: frozenset[int]
    unclear: tuple[Range, ...]


def find_negation(sentence: Sentence) -> Negation:
    """Return what the brief does not want; a denial of something else (`no double bookings`) is not carried out."""
    found: list[tuple[Range, Range]] = []
    unclear: list[Range] = []
    for place in range(len(sentence.words)):
        things, said = _not_wanted(sentence, place)
        found += [(thing, said) for thing in things]
        if said[1] > said[0] and not things:
            unclear.append(said)
    return Negation(tuple(dict.fromkeys(found)), frozenset(_not_so(sentence)), tuple(unclear))


def _not_wanted(sentence: Sentence, place: int) -> tuple[list[Range], Range]:
    """Return the things that a negator at `place` takes away, and the words that say so."""
    if sentence.means(place) == "negator":
        after = sentence.groups[place][0].last
        strict = sentence.is_one_of(place, "strict")
        things = _things_from(sentence, after, strict=strict)
        return things, _said(sentence, place, after, things)
    if not sentence.is_negator(place):
        return [], (place, place)
    verb = _past(sentence, place + 1, "adverbs")
    if sentence.is_one_of(verb, "unwanted"):
        things = _things_before(sentence, place)
        return things, (min((first for first, _ in things), default=verb + 1), verb + 1)
    things = _after_denial(sentence, place, verb)
    return things, (place, max((last for _, last in things), default=place))


def _after_denial(sentence: Sentence, place: int, verb: int) -> list[Range]:
    if sentence.breaks(verb):
        return []
    if sentence.is_one_of(verb, "wanting"):
        return _things_from(sentence, _past(sentence, verb + 1, "to_have"), strict=False)
    bare = not sentence.is_one_of(place - 1, "modals", "being") and sentence.words[place].folded in {"not", "never"}
    if sentence.is_one_of(verb, "direct") or bare:
        return _things_from(sentence, _past(sentence, verb, "direct"), strict=True)
    return []


def _said(sentence: Sentence, place: int, after: int, things: list[Range]) -> Range:
    """Return the words of a denial: up to its last thing, or what stands there instead of one."""
    if things:
        return place, things[-1][1]
    last = start = _past(sentence, after, "light")
    while not sentence.breaks(last) and "," not in sentence.gap(last) and _says_something(sentence, last):
        last = sentence.groups[last][0].last if last in sentence.groups else last + 1
    return (place, last) if last > start else (place, place)


def _says_something(sentence: Sentence, place: int) -> bool:
    return place in sentence.unknown or sentence.means(place) in {"pattern", "weak", "kind"}


def _past(sentence: Sentence, place: int, group: str) -> int:
    """Return the place after the words of a group."""
    while not sentence.breaks(place) and sentence.is_one_of(place, group) and not sentence.is_negator(place):
        place += 1
    return place


def _things_from(sentence: Sentence, place: int, *, strict: bool) -> list[Range]:
    """Return the things of the list that begins here; a `strict` one goes over a comma only with `or` or `nor`."""
    thing = _thing(sentence, place)
    things: list[Range] = []
    while thing:
        things.append(thing)
        thing = _next_thing(sentence, _past(sentence, thing[1], "after_things"), strict)
    return things


def _thing(sentence: Sentence, place: int) -> Range | None:
    if sentence.breaks(place):
        return None
    start = _past(sentence, place, "light")
    if sentence.means(start) == "person" and sentence.words[start].folded == sentence.words[start].stem:
        start += 1  # "user comments"
    return None if sentence.breaks(start) else sentence.thing(start)


def _next_thing(sentence: Sentence, place: int, strict: bool) -> Range | None:
    """Return the next thing of a list that goes on here."""
    if sentence.breaks(place):
        return None
    comma, joined = "," in sentence.gap(place), _joins(sentence, place)
    if not comma and not joined:
        return None
    thing = _thing(sentence, place + sentence.is_one_of(place, "joiners"))
    if not thing or sentence.is_one_of(thing[1], "being", "modals") or sentence.is_negator(thing[1]):
        return None
    if comma and joined and strict:
        return thing if sentence.is_one_of(place, "alternatives") else None
    return thing if joined or _goes_on(sentence, thing[1], strict) else None


def _goes_on(sentence: Sentence, place: int, strict: bool, most: int = LONGEST_LIST) -> bool:
    """Tell whether a thing after a comma, which ends here, stands in a list: `, b or c`, or `, b` and a pause."""
    place = _past(sentence, place, "after_things")
    if sentence.breaks(place) or not most:
        return not strict
    if _joins(sentence, place):
        return not strict or sentence.is_one_of(place, "alternatives")
    if "," not in sentence.gap(place):
        return False
    after = _thing(sentence, place)
    return _goes_on(sentence, after[1], strict, most - 1) if after else not strict


def _joins(sentence: Sentence, place: int) -> bool:
    return sentence.is_one_of(place, "joiners") or sentence.gap(place).strip(" ,") in {"&", "/", "+"}


def _things_before(sentence: Sentence, place: int) -> list[Range]:
    """Return the things that a denied verb at `place` is about: `likes and ratings are not needed`."""
    end = place
    while end > 0 and sentence.is_one_of(end - 1, "being", "modals", "adverbs", "after_things"):
        end -= 1
    things: list[Range] = []
    listed = False
    while (thing := _thing_until(sentence, end)) is not None:
        things.insert(0, thing)
        start = thing[0]
        while start > 0 and sentence.is_one_of(start - 1, "light") and not sentence.breaks(start):
            start -= 1
        joined = sentence.is_one_of(start - 1, "joiners") and not sentence.breaks(start)
        listed = listed or joined
        if not joined and not (listed and "," in sentence.gap(start)):
            break
        end = start - joined
    return things


def _thing_until(sentence: Sentence, end: int) -> Range | None:
    for first in range(max(0, end - 4), end):
        if any(sentence.breaks(place) for place in range(first + 1, end)):
            continue
        if (thing := sentence.thing(first)) and thing[1] == end:
            return thing
    return None


def _not_so(sentence: Sentence) -> Iterator[int]:
    """Yield the places of a size or a slowness that is denied: `not too slow`."""
    for place, group in sentence.groups.items():
        if sentence.means(place) in {"tune", "scale"} and any(sentence.is_negator(place - back) for back in (1, 2)):
            yield from range(place, group[0].last)
