"""Fault 10: a job that fails each time it is tried."""

from collections.abc import Iterator
from itertools import pairwise

from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, Measure, Verdict, skipped, timely
from backend_architect.proof.faults.event import DrivenEvent, find_event
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.worker import FIRST_WAIT, TABLES, awaited, with_events, working
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

OTHERS = 5
NEARLY = 0.9
TRIES = "SELECT extract(epoch FROM at)::float AS at FROM proof_tries WHERE job = $1::text::uuid ORDER BY at"
ENDED = """
SELECT NOT EXISTS (
    SELECT FROM pgqueuer WHERE status IN ('queued', 'picked') AND convert_from(payload, 'UTF8') = ANY ($1::text[])
)
"""
KEPT = """
SELECT count(*) FROM pgqueuer WHERE entrypoint = $1 AND status = 'failed' AND convert_from(payload, 'UTF8') = $2
"""
DONE = """
SELECT count(*) AS number, extract(epoch FROM max(at))::float AS last FROM proof_effects
WHERE job::text = ANY ($1::text[])
"""


@with_events
def poison_job(lab: Lab) -> Iterator[Case]:
    """Give how often the job was tried and with which waits, that it is kept, and that others go on meanwhile."""
    backend = lab.disturbed
    [person] = gather(backend, lab.secret, 1)
    found = find_event(backend, person)
    if found is None:
        yield skipped("jobs", "no event can be brought about by somebody who has merely signed in")
        return
    orders = found.driven.orders(backend, person, lab.secret, 1 + OTHERS)
    jobs = [order.send_for_row(backend) for order in orders]
    poison, *others = jobs
    backend.database.run(TABLES)
    backend.database.run("INSERT INTO proof_jobs VALUES ($1::text::uuid, 'poison')", poison)
    with working(backend):
        awaited(backend.database, ENDED, jobs)
    tries = [row["at"] for row in backend.database.fetch(TRIES, poison)]
    yield _tried(found, tries)
    yield _kept(backend, found, poison)
    yield _others(backend, others, tries)


def _tried(found: DrivenEvent, tries: list[float]) -> Case:
    """Return whether it was tried as often as the design says, each time after at least twice as long a wait."""
    waits = [after - before for before, after in pairwise(tries)]
    doubled = all(wait > FIRST_WAIT * 2**number * NEARLY for number, wait in enumerate(waits))
    held = len(tries) == found.event.retries + 1 and doubled
    actual = f"tried {len(tries)} times, after waits of {', '.join(f'{wait:.2f}' for wait in waits)} s"
    expected = f"tried once and {found.event.retries} times more: after {FIRST_WAIT} s, then each time twice as long"
    measures = tuple(Measure(f"wait {number}", round(wait, 3), "s") for number, wait in enumerate(waits, 1))
    return Case("a job that always fails", _verdict(held), expected, actual, measures=measures)


def _kept(backend: Backend, found: DrivenEvent, poison: str) -> Case:
    kept = int(backend.database.value(KEPT, found.event.run, poison))
    actual = "it is kept as failed" if kept else "it is gone"
    return Case("after its last try", _verdict(kept == 1), "it is kept as failed, for people to look at", actual)


def _others(backend: Backend, others: list[str], tries: list[float]) -> Case:
    """Return whether the jobs behind it were done before its tries were over."""
    [row] = backend.database.fetch(DONE, others)
    done = row["number"] == len(others) and bool(tries)
    verdict, late = timely(done, row["last"], tries[-1]) if done else (Verdict.FAILED, False)
    actual = f"{row['number']} of {len(others)} done" + ("" if late or not done else ", before its last try")
    return Case("the jobs behind it", verdict, "all are done before its last try", actual, late=late)


def _verdict(held: bool) -> Verdict:
    return Verdict.HELD if held else Verdict.FAILED


PROBE = Probe("F10", Group.FAULTS, "a job that always fails is given up, and blocks nobody", poison_job)
