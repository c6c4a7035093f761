"""Fault 3: PostgreSQL stops at once, as after a power cut, and comes back some seconds later."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

from backend_architect.postgres import Session, crash, start_again
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, Measure, timely
from backend_architect.proof.faults.health_watch import watching
from backend_architect.proof.faults.ledger import Ledger, driving, is_honest, settle
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.plain_write import find_driven, writing
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

WRITES = 150
PAUSE = 0.25
BEFORE = 20
DOWN = 3.0
SOON = 2.0
RECOVERED = 10.0


@writing
def database_stopped(lab: Lab) -> Iterator[Case]:
    """Give what is answered while the database is gone, how soon all is well again, and the invariants."""
    with lab.durable() as server, lab.own(server.url()) as backend:
        [person] = gather(backend, lab.secret, 1)
        driven = find_driven(backend, person)
        orders = driven.orders(backend, person, lab.secret, WRITES)
        path = driven.reading(backend.design, driven.ids(backend)[0])
        with watching(backend) as health, driving(backend, driven, orders, pause=PAUSE) as ledger:
            ledger.await_acknowledged(BEFORE)
            crash(server)
            down = time.monotonic()
            time.sleep(DOWN / 3)
            for asked in filter(None, (path, "/readyz")):
                yield _honest(backend.client.ask(person, "GET", asked))
            time.sleep(max(0.0, down + DOWN - time.monotonic()))
            start_again(server)
            yield _recovered(backend, ledger, time.monotonic())
        yield _answered_soon(ledger, down)
        yield health.case()
        with closing(Session(server.url())) as database:
            yield from settle(ledger, replace(backend, database=database))


def _honest(answer: Exchange) -> Case:
    title = f"GET {answer.path.partition('?')[0]} while it is gone"
    expected = f"503 as application/problem+json with Retry-After, within {SOON:.0f} s"
    held = answer.status == 503 and is_honest(answer)
    return answer.case(title, expected=expected, held=held, within=SOON)


def _recovered(backend: Backend, ledger: Ledger, started: float) -> Case:
    """Return whether writes succeed and /readyz says so, without a restart."""
    written = ledger.await_acknowledged(ledger.acknowledged() + 1)
    nobody = backend.anonymous()
    while (ready := backend.client.ask(nobody, "GET", "/readyz")).status != 200:
        if time.monotonic() > started + RECOVERED:
            break
        time.sleep(0.05)
    seconds = time.monotonic() - started
    verdict, late = timely(written and ready.status == 200, seconds, RECOVERED)
    expected = f"writes and /readyz within {RECOVERED:.0f} s, without a restart"
    well = f"well after {seconds:.1f} s"
    actual = (
        well if written and ready.status == 200 else f"/readyz {ready.description}, a write acknowledged: {written}"
    )
    measures = (Measure("recovery", seconds, "s"),)
    return Case("I6: the database is back", verdict, expected, actual, measures=measures, late=late)


def _answered_soon(ledger: Ledger, down: float) -> Case:
    """Return whether each write after the stop had an answer, and soon: no connection that breaks, none that hangs."""
    during = [each for each in ledger.written if each.at > down]
    broken = sum(each.answer is None for each in during)
    slowest = max((each.answer.seconds for each in during if each.answer), default=0.0)
    failed = sum(each.unknown for each in during)
    actual = f"{failed} of {len(during)} refused for now, {broken} without an answer, the slowest after {slowest:.2f} s"
    verdict, late = timely(failed > 0 and not broken, slowest, SOON)
    return Case("writes while it is gone", verdict, f"each is answered within {SOON:.0f} s", actual, late=late)


PROBE = Probe("F03", Group.FAULTS, "without its database a backend says so at once, and recovers", database_stopped)
