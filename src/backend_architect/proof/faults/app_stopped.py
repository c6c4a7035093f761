"""Fault 2: the server is told to stop (SIGTERM) while requests run in it."""

import signal
import subprocess
import time
from collections.abc import Iterator

from backend_architect.postgres import Session
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, Measure, Verdict
from backend_architect.proof.faults.ledger import THREADS, Ledger, driving, stored
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.plain_write import find_driven, writing
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

WRITES = 160
BEFORE = 40
DRAIN = 1.0
AT_ONCE = 0.5
SOON = 10.0
GRACE = 30.0
WAITING = """
SELECT count(*) FROM pg_locks
WHERE NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


@writing
def app_stopped(lab: Lab) -> Iterator[Case]:
    """Give what was said and done between SIGTERM and the end, with writes that a lock held up meanwhile."""
    with lab.own(DRAIN_SECONDS=str(DRAIN)) as backend:
        [person] = gather(backend, lab.secret, 1)
        driven = find_driven(backend, person)
        with driving(backend, driven, driven.orders(backend, person, lab.secret, WRITES)) as ledger:
            ledger.await_acknowledged(BEFORE)
            with Session(backend.place.environment["DATABASE_URL"]) as holder:
                holder.run(f'BEGIN; LOCK TABLE "{driven.table}" IN EXCLUSIVE MODE')
                held_up = _await_waiting(backend)
                backend.process.send_signal(signal.SIGTERM)
                began = time.monotonic()
                yield from _draining(backend, began)
                ledger.stop.set()
                time.sleep(max(0.0, began + DRAIN + 0.3 - time.monotonic()))
                answered = len(ledger.written)
                holder.run("COMMIT")
        yield _finished(ledger, answered, held_up)
        yield _ended(backend.process, began)
        yield from stored(ledger, backend)


def _await_waiting(backend: Backend) -> int:
    """Return how many statements wait for the lock, once all writers do."""
    until = time.monotonic() + SOON
    while (waiting := int(backend.database.value(WAITING))) < THREADS and time.monotonic() < until:
        time.sleep(0.01)
    return waiting


def _draining(backend: Backend, began: float) -> Iterator[Case]:
    """Give what is answered between the signal and the closing: not ready, but alive."""
    nobody = backend.anonymous()
    ready = backend.client.ask(nobody, "GET", "/readyz")
    while ready.status != 503 and time.monotonic() < began + AT_ONCE:
        ready = backend.client.ask(nobody, "GET", "/readyz")
    after = time.monotonic() - began
    yield ready.case(
        f"GET /readyz {after:.2f} s after SIGTERM", expected=f"503 within {AT_ONCE} s", held=ready.status == 503
    )
    closing = ready.headers.get("connection", "").lower() == "close"
    yield ready.case(
        "a connection that is kept", expected="Connection: close, so that nobody sends more on it", held=closing
    )
    yield backend.client.ask(nobody, "GET", "/healthz").answers("GET /healthz while it drains", 200)


def _finished(ledger: Ledger, answered: int, held_up: int) -> Case:
    """Return whether every request that was accepted got its answer, those too that took longer than the draining."""
    broken = [each for each in ledger.written if each.unknown]
    late = ledger.written[answered:]
    held = not broken and held_up == THREADS == len(late)
    actual = f"{len(ledger.written)} answered, {len(late)} of them after the draining; {len(broken)} broke off"
    verdict = Verdict.HELD if held else Verdict.FAILED
    return Case("requests under way", verdict, f"all answered, {THREADS} of them held up by a lock", actual)


def _ended(process: subprocess.Popen[bytes], began: float) -> Case:
    expected = f"status 0 within {GRACE:.0f} s"
    try:
        status: int | str = process.wait(GRACE)
    except subprocess.TimeoutExpired:
        status = "it still runs"
    seconds = time.monotonic() - began
    verdict = Verdict.HELD if status == 0 else Verdict.FAILED
    return Case(
        "the end", verdict, expected, f"{status} after {seconds:.1f} s", measures=(Measure("end", seconds, "s"),)
    )


PROBE = Probe("F02", Group.FAULTS, "a stopped server finishes what it accepted", app_stopped)
