"""Whether two answers tell the same: all that differs between them but what differs between any two."""

import json
import re
import statistics
from collections.abc import Callable, Iterator, Mapping, Sequence

from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Measure, Verdict

OWN = frozenset({"date", "x-request-id", "ratelimit", "retry-after", "content-length", "connection"})
SECONDS = re.compile(r"\d+ seconds?")
TURNS, MOST = (7, 7, 14), 0.25


def alike(answer: Exchange, other: Exchange, title: str) -> Case:
    """Return a case that holds when both answers have the same status, headers and body."""
    differences = [f"{name}: {first!r} and {second!r}" for name, first, second in _differences(answer, other)]
    expected = f"the same as {other.method} {other.path}: {other.status}"
    return answer.case(title, expected=expected, held=not differences, advice="; ".join(differences))


def same_time(title: str, ask: Callable[[], Exchange], ask_other: Callable[[], Exchange]) -> Case:
    """Return a case that holds when the medians of seven turns differ by a quarter at most; thrice, for noise.

    On a machine that is busy with other things the fastest answers count too: they were disturbed least.
    """
    for count in TURNS:
        turns = [(ask(), ask_other()) for _ in range(count)]
        times = [[turn[which].seconds for turn in turns] for which in (0, 1)]
        medians = [statistics.median(each) for each in times]
        apart = min(_apart(medians), _apart([min(each) for each in times]))
        if apart <= MOST:
            break
    actual = f"medians {medians[0] * 1000:.1f} ms and {medians[1] * 1000:.1f} ms: {apart:.0%} apart"
    measures = tuple(Measure(name, round(m * 1000, 2), "ms") for name, m in zip(("one", "other"), medians, strict=True))
    verdict = Verdict.HELD if apart <= MOST else Verdict.FAILED
    expected = f"medians or fastest of {len(turns)} within {MOST:.0%}"
    return Case(title, verdict, expected, actual, turns[0][0].curl, measures=measures)


def _apart(pair: Sequence[float]) -> float:
    return max(pair) / min(pair) - 1


def _differences(answer: Exchange, other: Exchange) -> Iterator[tuple[str, object, object]]:
    yield from (("status", answer.status, other.status),) if answer.status != other.status else ()
    first, second = _headers(answer), _headers(other)
    for name in sorted(first.keys() | second.keys()):
        if first.get(name) != second.get(name):
            yield name, first.get(name), second.get(name)
    if _body(answer) != _body(other):
        yield "body", _body(answer), _body(other)


def _headers(answer: Exchange) -> Mapping[str, str]:
    return {name: value for name, value in answer.headers.items() if name not in OWN}


def _body(answer: Exchange) -> str:
    """Return the body without the request's own id and address."""
    body = answer.json()
    if not isinstance(body, dict):
        return answer.body.decode(errors="replace")
    own = {name: value for name, value in body.items() if name not in {"request_id", "instance"}}
    return SECONDS.sub("some seconds", json.dumps(own))
