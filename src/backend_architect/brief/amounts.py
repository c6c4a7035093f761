"""The numbers of a brief: users, rates, rows, latency; and limits and impossible numbers, which are only told."""

import re
from collections.abc import Iterator

from backend_architect.brief.model import Amount, Span, Unit
from backend_architect.brief.vocabulary import Vocabulary

NUMBER = (
    r"(?<![\w.,#§])(?<![A-Za-z]-)(?<!req )"
    r"(?P<number>\d{1,3}(?:[ ,_]\d{3})+(?!\d)|[1-9]\d{0,2}(?:\.\d{3})+(?![\d.])|\d{1,18}(?:\.\d{1,3})?)"
    r"(?:\s?(?P<times>k|m|b|mn|thousand|million|billion)\b)?\+?"
)
KINDS = r"(?:(?:monthly|daily|weekly|active|registered|concurrent|paying|existing|different|total|new)\s+)*"
WHAT = rf"{KINDS}(?P<what>[^\W\d_]{{3,40}})(?:[ -](?P<next>[^\W\d_]{{3,40}}))?(?:[ -](?P<last>[^\W\d_]{{3,40}}))?"
TIME = r"(?P<per>s|sec|second|min|minute|h|hour|d|day|week|month|year)\b"
MOST_WORDS = r"at most|up to|max\.?|maximum(?: of)?|(?:no|not) more than|limit(?:ed)? (?:of|to)|(?:fewer|less) than"
MOST = re.compile(rf"\b(?P<most>{MOST_WORDS})\s\Z", re.IGNORECASE)
RATE = re.compile(
    rf"{NUMBER}\s?(?:{WHAT}(?:\s?/\s?|\s+(?:per|an?|every|each)\s+){TIME}|(?P<short>rps|qps|tps)\b)", re.IGNORECASE
)
LATENCY = re.compile(rf"{NUMBER}\s?(?:ms|millisecond|milliseconds)\b", re.IGNORECASE)
EACH = re.compile(rf"{NUMBER}\s+(?:of\s+)?{WHAT}\s+(?:per|for each|for every|in each)\s+[^\W\d_]+", re.IGNORECASE)
ROWS = re.compile(rf"{NUMBER}\s+(?:of\s+)?{WHAT}", re.IGNORECASE)

TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9}
SECONDS = {"s": 1, "sec": 1, "second": 1, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
DAY = 86_400
DAYS = {"week": 7, "month": 30, "year": 365}
LARGEST = 1e12
MOST_USERS = 1e10
"""More than there are people."""


def read_amounts(text: str, vocabulary: Vocabulary) -> tuple[Amount, ...]:
    """Return the numbers in `text` that count something, in its order; each character belongs to one at most."""
    found: list[Amount] = []
    for amount in (*_rates(text, vocabulary), *_latencies(text), *_limits(text, vocabulary), *_rows(text, vocabulary)):
        free = all(amount.word.end <= other.word.start or amount.word.start >= other.word.end for other in found)
        if free:
            possible = 0 < amount.value <= (MOST_USERS if amount.unit == "users" else LARGEST)
            found.append(amount if possible else Amount("out_of_range", amount.value, amount.word))
    return tuple(sorted(found, key=lambda amount: amount.word.start))


def _rates(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Yield requests, reads and writes a second; `100 orders a day` are written, `100 visitors a day` are users."""
    for match in RATE.finditer(text):
        noun, end = _noun(match, vocabulary) if match["what"] else ("request", match.end())
        if noun in vocabulary.language["measures"] or (match["what"] and match.end(_last_of(match)) != end):
            continue
        unit = _unit(noun, vocabulary)
        if unit == "written" and _most(text, match):
            yield Amount("limit", _number(match), _with_most(text, match, match.end()))
        elif unit == "users":
            yield Amount(unit, _number(match), _span(match))
        else:
            rate = _number(match) / _seconds(match["per"])
            yield Amount(unit, rate, _span(match), *((noun, _word(text, end)) if unit == "written" else ()))


def _last_of(match: re.Match[str]) -> str:
    return next(group for group in ("last", "next", "what") if match[group])


def _unit(noun: str, vocabulary: Vocabulary) -> Unit:
    groups: dict[str, Unit] = {"asked": "requests", "looked_at": "reads", "written": "writes", "people": "users"}
    return next((unit for group, unit in groups.items() if noun in vocabulary.language[group]), "written")


def _seconds(per: str | None) -> float:
    """Return the seconds of a time; without one, a second."""
    named = (per or "s").lower()
    return SECONDS.get(named, DAY * DAYS.get(named, 1))


def _latencies(text: str) -> Iterator[Amount]:
    for match in LATENCY.finditer(text):
        yield Amount("p95_ms", _number(match), _span(match))


def _limits(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    """Yield what a rule counts, not the load: `3 votes per user`."""
    for match in EACH.finditer(text):
        if _noun(match, vocabulary)[1] == match.end(_last_of(match)):
            yield Amount("limit", _number(match), _with_most(text, match, match.end()))


def _rows(text: str, vocabulary: Vocabulary) -> Iterator[Amount]:
    for match in ROWS.finditer(text):
        noun, end = _noun(match, vocabulary)
        most = _most(text, match)
        is_person = noun in vocabulary.language["people"]
        if most and not (is_person and most["most"].lower() == "up to"):
            yield Amount("limit", _number(match), _with_most(text, match, end))
        elif is_person:
            yield Amount("users", _number(match), _span(match, end))
        else:
            yield Amount("rows", _number(match), _span(match, end), noun, _word(text, end))


def _noun(match: re.Match[str], vocabulary: Vocabulary) -> tuple[str, int]:
    """Return what is counted, in the singular, and where it ends: the first plural, `owners` of `3 pet owners`."""
    groups = [group for group in ("what", "next", "last") if match[group]]
    for group in groups:
        noun = vocabulary.stem(match[group])
        if noun != match[group].lower():
            return noun, match.end(group)
        if noun in vocabulary.language["stop"]:
            break
    return vocabulary.stem(match["what"]), match.end("what")


def _word(text: str, end: int) -> str:
    """Return the word that ends there, as it counts rows."""
    return re.split(r"[\W\d_]", text[max(0, end - 40) : end])[-1].lower()


def _most(text: str, match: re.Match[str]) -> re.Match[str] | None:
    return MOST.search(text, max(0, match.start() - 20), match.start())


def _with_most(text: str, match: re.Match[str], end: int) -> Span:
    most = _most(text, match)
    start = most.start() if most else match.start()
    return Span(text[start:end], start, end)


def _number(match: re.Match[str]) -> float:
    number = re.sub(r"[ ,_]", "", match["number"])
    if re.fullmatch(r"[1-9]\d{0,2}(\.\d{3})+", number):
        number = number.replace(".", "")
    return float(number) * TIMES.get((match["times"] or "").lower(), 1)


def _span(match: re.Match[str], end: int | None = None) -> Span:
    last = match.end() if end is None else end
    return Span(match.string[match.start() : last], match.start(), last)
