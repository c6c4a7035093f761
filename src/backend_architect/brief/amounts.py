"""The numbers of a brief: users, rates, rows, latency."""

import re
from collections.abc import Iterator

from backend_architect.brief.model import Amount, Span, Unit

NUMBER = (
    r"(?<![\w.,])(?P<number>\d{1,3}(?:[ ,_]\d{3})+(?!\d)|\d{1,12}(?:\.\d{1,3})?)"
    r"\s?(?P<times>k|m|b|mn|thousand|million|billion)?\+?"
)
RATE = re.compile(
    NUMBER + r"\s?(?:(?P<what>read|write|request|req|query|querie|call|hit)s?\s?(?:/|per|an?|every|each)\s?"
    r"(?P<per>s|sec|second|m|min|minute|h|hour|d|day)\b|(?P<short>rps|qps|tps|req/s)\b)",
    re.IGNORECASE,
)
LATENCY = re.compile(NUMBER + r"\s?(?:ms|millisecond|milliseconds)\b", re.IGNORECASE)
ROWS = re.compile(
    NUMBER
    + r"\s+(?:of\s+)?(?:(?:monthly|daily|weekly|active|registered|concurrent|paying|existing|different|total)\s+)*"
    r"(?P<noun>[^\W\d_]{3,40})",
    re.IGNORECASE,
)

TIMES = {"k": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "million": 1e6, "b": 1e9, "billion": 1e9}
SECONDS = {"s": 1, "sec": 1, "second": 1, "m": 60, "min": 60, "minute": 60, "h": 3600, "hour": 3600}
DAY = 86_400
RATES: dict[str, Unit] = {"read": "reads", "write": "writes"}
LARGEST = 1e12


def read_amounts(text: str) -> tuple[Amount, ...]:
    """Return the numbers in `text` that count something, in its order; each character belongs to one at most."""
    found: list[Amount] = []
    for amount in (*_rates(text), *_latencies(text), *_rows(text)):
        free = all(amount.word.end <= other.word.start or amount.word.start >= other.word.end for other in found)
        if free and 0 < amount.value <= LARGEST:
            found.append(amount)
    return tuple(sorted(found, key=lambda amount: amount.word.start))


def _rates(text: str) -> Iterator[Amount]:
    for match in RATE.finditer(text):
        seconds = SECONDS.get((match["per"] or "s").lower(), DAY)
        unit = RATES.get((match["what"] or "").lower(), "requests")
        yield Amount(unit, _number(match) / seconds, _span(match))


def _latencies(text: str) -> Iterator[Amount]:
    for match in LATENCY.finditer(text):
        yield Amount("p95_ms", _number(match), _span(match))


def _rows(text: str) -> Iterator[Amount]:
    for match in ROWS.finditer(text):
        yield Amount("rows", _number(match), _span(match), match["noun"])


def _number(match: re.Match[str]) -> float:
    return float(re.sub(r"[ ,_]", "", match["number"])) * TIMES.get((match["times"] or "").lower(), 1)


def _span(match: re.Match[str]) -> Span:
    return Span(match.group(), match.start(), match.end())
