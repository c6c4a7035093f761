"""Fault 4: half of the backend's connections to the database are ended, again and again."""

from collections.abc import Iterator

import httpx

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Verdict
from backend_architect.proof.faults.health_watch import watching
from backend_architect.proof.faults.ledger import driving, settle
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.plain_write import find_driven, writing
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

WRITES = 200
PAUSE = 0.05
ROUNDS = 6
READS = 20
KILL_HALF = """
WITH ours AS (
    SELECT pid, row_number() OVER (ORDER BY pid) % 2 AS half FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
)
SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM ours WHERE half = 1
"""


@writing
def connections_killed(lab: Lab) -> Iterator[Case]:
    """Give how many requests failed for each killed connection, and the invariants."""
    backend = lab.disturbed
    [person] = gather(backend, lab.secret, 1)
    driven = find_driven(backend, person)
    path = driven.reading(backend.design, driven.ids(backend)[0])
    killed = 0
    reads: list[Exchange | None] = []
    orders = driven.orders(backend, person, lab.secret, WRITES)
    with watching(backend) as health, driving(backend, driven, orders, pause=PAUSE) as ledger:
        for number in range(ROUNDS):
            if not ledger.await_acknowledged(8 * (number + 1)):
                break
            killed += int(backend.database.value(KILL_HALF))
            if path:
                reads += _some_reads(backend, person, path)
        ledger.await_acknowledged(ledger.acknowledged() + 1)
    yield _failed(killed, sum(each.unknown for each in ledger.written))
    if path:
        yield _reads(reads)
    yield health.case()
    yield from settle(ledger, backend)


def _some_reads(backend: Backend, reader: Actor, path: str) -> Iterator[Exchange | None]:
    """Give the answers to reads, up to the first that fails."""
    for _ in range(READS):
        answer = _read(backend, reader, path)
        yield answer
        if answer is None or answer.status != 200:
            return


def _read(backend: Backend, reader: Actor, path: str) -> Exchange | None:
    try:
        return backend.client.ask(reader, "GET", path)
    except httpx.HTTPError:
        return None


def _failed(killed: int, failed: int) -> Case:
    """Return whether at most one write failed for each killed connection: its pool is filled again at once."""
    held = killed >= ROUNDS and failed <= killed
    actual = f"{killed} connections killed, {failed} writes failed"
    verdict = Verdict.HELD if held else Verdict.FAILED
    return Case("writes", verdict, "at most one fails for each connection, the next one finds another", actual)


def _reads(answers: list[Exchange | None]) -> Case:
    """Return whether no read failed: what only reads is tried again on another connection."""
    failed = [answer for answer in answers if answer is None or answer.status != 200]
    actual = f"{len(answers)} reads, {len(failed)} failed" + (
        f": {failed[0].description}" if failed and failed[0] else ""
    )
    verdict = Verdict.FAILED if failed else Verdict.HELD
    first = next((answer.curl for answer in answers if answer), "")
    return Case("reads", verdict, "none fails: a read is tried again on another connection", actual, first)


PROBE = Probe("F04", Group.FAULTS, "lost connections are replaced, and hardly show", connections_killed)
