"""Fault 5: a table is locked, so that every connection of the pool waits, and more readers come than there are."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx

from backend_architect.postgres import Session
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Measure, Verdict, timely
from backend_architect.proof.faults.health_watch import watching
from backend_architect.proof.faults.ledger import is_honest
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.plain_write import find_driven, writing
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

READERS = 30
LOCKED = 4.5
AT_MOST = 4.0
AT_ONCE = 0.2
TRIES = 5
LEFT = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid() AND state <> 'idle'
"""


@writing
def table_locked(lab: Lab) -> Iterator[Case]:
    """Give what readers of a locked table are answered, and that no connection is lost to it."""
    backend = lab.disturbed
    readers = gather(backend, lab.secret, READERS)
    driven = find_driven(backend, readers[0])
    path = driven.reading(backend.design, driven.ids(backend)[-1]) or "/readyz"
    with watching(backend) as health, Session(backend.place.environment["DATABASE_URL"]) as holder:
        holder.run(f'BEGIN; LOCK TABLE "{driven.table}" IN ACCESS EXCLUSIVE MODE')
        until = time.monotonic() + LOCKED
        yield _waiting(_all(backend, readers, path))
        with ThreadPoolExecutor(READERS) as threads:
            more = threads.submit(_all, backend, readers, path)
            time.sleep(0.3)
            yield _without_database(backend)
            yield _waiting(more.result())
        time.sleep(max(0.0, until - time.monotonic()))
        holder.run("COMMIT")
    yield health.case()
    yield _afterwards(backend, _all(backend, (readers[0],) * READERS, path))


def _all(backend: Backend, readers: tuple[Actor, ...], path: str) -> list[Exchange | None]:
    """Return the answers to a read by each of them at the same time; None where none came."""
    with ThreadPoolExecutor(len(readers)) as threads:
        return list(threads.map(lambda reader: _read(backend, reader, path), readers))


def _read(backend: Backend, reader: Actor, path: str) -> Exchange | None:
    try:
        return backend.client.ask(reader, "GET", path)
    except httpx.HTTPError:
        return None


def _waiting(answers: list[Exchange | None]) -> Case:
    """Return whether each was told within a bounded time to come again."""
    there = [answer for answer in answers if answer]
    honest = [answer for answer in there if is_honest(answer)]
    slowest = max((answer.seconds for answer in there), default=0.0)
    verdict, late = timely(len(honest) == len(answers), slowest, AT_MOST)
    other = next((answer.description for answer in there if not is_honest(answer)), "")
    actual = f"{len(honest)} of {len(answers)} told so, the slowest after {slowest:.2f} s {other}".strip()
    expected = f"503 or 504 with Retry-After, within {AT_MOST:.0f} s"
    measures = (Measure("slowest", round(slowest, 3), "s"),)
    curl = there[0].curl if there else ""
    return Case(f"{len(answers)} readers of the locked table", verdict, expected, actual, curl, "", measures, late)


def _without_database(backend: Backend) -> Case:
    """Return whether what needs no database is answered as quickly as ever."""
    asked = [backend.client.ask(backend.anonymous(), "GET", "/v1/me") for _ in range(TRIES)]
    answer = min(asked, key=lambda each: each.seconds)  # the proof's own threads may hold one up
    title, expected = "GET /v1/me without a token meanwhile", f"401 within {AT_ONCE} s"
    return answer.case(title, expected=expected, held=answer.status == 401, within=AT_ONCE)


def _afterwards(backend: Backend, answers: list[Exchange | None]) -> Case:
    """Return whether all is as before: every connection is free again, and readers are answered."""
    well = sum(answer is not None and answer.status < 300 for answer in answers)
    left = int(backend.database.value(LEFT))
    actual = f"{well} of {len(answers)} readers answered, {left} connections still at work"
    verdict = Verdict.HELD if well == len(answers) and not left else Verdict.FAILED
    return Case("afterwards", verdict, "every reader is answered, and no connection is lost", actual)


PROBE = Probe("F05", Group.FAULTS, "a locked table holds up nobody for long, and nothing else", table_locked)
