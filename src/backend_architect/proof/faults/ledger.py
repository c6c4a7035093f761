"""What was written while something failed, write by write, and what of it the database really has.

A write is acknowledged (2xx), refused (4xx), or unknown: a 5xx, or no answer at all. The invariants are the same for
every fault: each acknowledged write is stored exactly once, a refused one is not, and an unknown one may be sent again
under its key: then it is stored once, and gives the same answer each time.
"""

import threading
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Measure, Verdict
from backend_architect.proof.faults.plain_write import Driven, PlannedWrite

THREADS = 4
WRONG_EVERY = 8
AGAIN = 20
UNREACHABLE_PAUSE = 0.05
RETRY_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class RecordedWrite:
    """A write and its answer; None where the connection broke."""

    order: PlannedWrite
    answer: Exchange | None
    at: float

    @property
    def acknowledged(self) -> bool:
        """Return whether the backend said that it is stored."""
        return self.answer is not None and self.answer.status < 300

    @property
    def unknown(self) -> bool:
        """Return whether nobody can tell from the answer if it is stored."""
        return self.answer is None or self.answer.status >= 500


@dataclass
class Ledger:
    """Every write so far, in the order of the answers. `before` are the ids that were stored at the start."""

    driven: Driven
    before: frozenset[str]
    written: list[RecordedWrite] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)
    """When set, no further write begins."""

    def acknowledged(self) -> int:
        """Return how many writes were acknowledged so far."""
        return sum(each.acknowledged for each in list(self.written))

    def await_acknowledged(self, number: int) -> bool:
        """Return whether that many writes are acknowledged within a few seconds."""
        until = time.monotonic() + RETRY_SECONDS
        while self.acknowledged() < number and time.monotonic() < until:
            time.sleep(0.005)
        return self.acknowledged() >= number


@contextmanager
def driving(
    backend: Backend, driven: Driven, orders: Sequence[PlannedWrite], *, pause: float = 0.0
) -> Iterator[Ledger]:
    """Send the writes from a few threads while the block lasts, some wrong ones among them; `pause` is between two."""
    ledger = Ledger(driven, frozenset(driven.ids(backend)))
    waiting, turn, stop = _with_wrong(driven, orders), threading.Lock(), ledger.stop

    def write() -> None:
        while not stop.is_set():
            with turn:
                order = next(waiting, None)
            if order is None:
                return
            written = _sent(backend, order)
            ledger.written.append(written)
            stop.wait(pause if written.answer else max(pause, UNREACHABLE_PAUSE))

    threads = [threading.Thread(target=write, daemon=True) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    try:
        yield ledger
    finally:
        stop.set()
        for thread in threads:
            thread.join(RETRY_SECONDS)


def _with_wrong(driven: Driven, orders: Sequence[PlannedWrite]) -> Iterator[PlannedWrite]:
    for number, order in enumerate(orders):
        yield order
        if number % WRONG_EVERY == 0:
            yield driven.wrong(order)


def _sent(backend: Backend, order: PlannedWrite) -> RecordedWrite:
    try:
        answer = order.send(backend)
    except httpx.HTTPError:
        return RecordedWrite(order, None, time.monotonic())
    return RecordedWrite(order, answer, time.monotonic())


def settle(ledger: Ledger, backend: Backend) -> Iterator[Case]:
    """Give the cases of the invariants I1 to I4, once the backend is well again."""
    acknowledged = [each for each in ledger.written if each.acknowledged]
    unknown = [each.order for each in ledger.written if each.unknown and not each.order.wrong]
    again = list(_until_unwell(backend, [order for order in unknown for _ in range(2)]))
    some = acknowledged[:: max(1, len(acknowledged) // AGAIN)]
    yield _sent_again(ledger, unknown, again)
    yield _replayed(ledger, some, list(_until_unwell(backend, [each.order for each in some])))
    yield from stored(ledger, backend, {_id(answer) for answer in again})


def _until_unwell(backend: Backend, orders: Sequence[PlannedWrite]) -> Iterator[Exchange]:
    """Give the answer to each write, sent again; after the first that is not well within a while, none is sent."""
    until = time.monotonic() + RETRY_SECONDS
    for order in orders:
        answer = order.send(backend)
        while answer.status in {409, 503} and time.monotonic() < until:
            time.sleep(0.1)
            answer = order.send(backend)
        yield answer
        if answer.status >= 300:
            return


def stored(ledger: Ledger, backend: Backend, later: Collection[str] = ()) -> Iterator[Case]:
    """Give the invariants that the database alone tells; `later` are the ids of writes that were sent again."""
    acknowledged = {(each.order.key, _id(each.answer)) for each in ledger.written if each.acknowledged}
    there = set(ledger.driven.ids(backend)) - ledger.before
    yield _all_stored(ledger, acknowledged, there)
    yield _nothing_else(ledger, {*later, *(identity for _, identity in acknowledged)}, there)
    yield no_leak(ledger)


def _all_stored(ledger: Ledger, acknowledged: set[tuple[str, str]], there: set[str]) -> Case:
    keys, ids = {key for key, _ in acknowledged}, {identity for _, identity in acknowledged}
    held = bool(acknowledged) and ids <= there and len(keys) == len(ids) == len(acknowledged)
    actual = f"{len(keys)} acknowledged, {len(ids & there)} rows of them stored"
    measures = (
        Measure("acknowledged", len(keys)),
        Measure("refused", sum(not (w.acknowledged or w.unknown) for w in ledger.written)),
        Measure("unknown", sum(w.unknown for w in ledger.written)),
    )
    return _case(ledger, "I1: acknowledged writes", held, "each is stored exactly once", actual, measures=measures)


def _nothing_else(ledger: Ledger, known: set[str], there: set[str]) -> Case:
    extra = there - known
    actual = (
        f"{len(there)} rows, {len(extra)} of them without an acknowledged write" if extra else "nothing else is stored"
    )
    return _case(ledger, "I2: refused writes", not extra, "no refused write is stored, and none twice", actual)


def _sent_again(ledger: Ledger, unknown: Sequence[PlannedWrite], again: list[Exchange]) -> Case:
    """Return whether each unknown write, sent two times more, is stored and gets the same answer each time."""
    pairs = list(zip(again[::2], again[1::2], strict=False))
    same = sum(first.status < 300 and first.body == second.body for first, second in pairs)
    actual = f"{len(unknown)} sent again, {same} answered the same each time"
    if same < len(unknown):
        actual += f"; the last with {again[-1].description}"
    return _case(
        ledger, "I3: unknown writes", same == len(unknown), "sent again with its key: stored, the same answer", actual
    )


def _replayed(ledger: Ledger, some: Sequence[RecordedWrite], again: list[Exchange]) -> Case:
    """Return whether acknowledged writes get the same answer when they are sent again."""
    other = [new for old, new in zip(some, again, strict=False) if old.answer is None or new.body != old.answer.body]
    held = len(again) == len(some) and not other
    actual = f"{len(again)} sent again, {len(other)} with another answer" + (
        f": {other[0].description}" if other else ""
    )
    return _case(ledger, "I3: acknowledged writes sent again", held, "the answer given the first time", actual)


def no_leak(ledger: Ledger) -> Case:
    """Return whether every failure was told as a problem document that says when to come back, and nothing more."""
    failures = [w.answer for w in ledger.written if w.answer is not None and w.answer.status >= 500]
    leaking = [answer for answer in failures if not is_honest(answer)]
    actual = leaking[0].description if leaking else f"{len(failures)} failures told so"
    return _case(
        ledger, "I4: failures", not leaking, "503 or 504 as application/problem+json, with Retry-After", actual
    )


def is_honest(answer: Exchange) -> bool:
    """Return whether a failure is a 503 or 504, a problem document, and says when to come back."""
    after = answer.headers.get("retry-after", "")
    kind = answer.headers.get("content-type", "")
    return answer.status in {503, 504} and kind.startswith("application/problem+json") and after.isdigit()


def _id(answer: Exchange | None) -> str:
    return str(answer.field("id")) if answer else ""


def _case(
    ledger: Ledger, title: str, held: bool, expected: str, actual: str, *, measures: tuple[Measure, ...] = ()
) -> Case:
    verdict = Verdict.HELD if held else Verdict.FAILED
    first = next((w.answer.curl for w in ledger.written if w.answer), "")
    return Case(title, verdict, expected, actual, first, measures=measures)
