"""Fault 9: the worker is killed in the middle of a job."""

from collections.abc import Iterator

from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.faults.event import find_event, queued
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.worker import TABLES, awaited, with_events, working
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

BEGUN = "SELECT EXISTS (SELECT FROM proof_tries WHERE job = $1::text::uuid)"
DONE = "SELECT EXISTS (SELECT FROM proof_effects WHERE job = $1::text::uuid)"
COUNTS = """
SELECT (SELECT count(*) FROM proof_tries WHERE job = $1::text::uuid) AS tries,
    (SELECT count(*) FROM proof_effects WHERE job = $1::text::uuid) AS effects
"""


@with_events
def worker_killed(lab: Lab) -> Iterator[Case]:
    """Give how often the job was begun, and how often its effect is there, after kill -9 and another worker."""
    backend = lab.disturbed
    [person] = gather(backend, lab.secret, 1)
    found = find_event(backend, person)
    if found is None:
        yield skipped("jobs", "no event can be brought about by somebody who has merely signed in")
        return
    [order] = found.driven.orders(backend, person, lab.secret, 1)
    job = order.send_for_row(backend)
    backend.database.run(TABLES)
    backend.database.run("INSERT INTO proof_jobs VALUES ($1::text::uuid, 'slow')", job)
    with working(backend) as first:
        begun = awaited(backend.database, BEGUN, job)
        first.kill()
        first.wait()
    half = bool(backend.database.value(DONE, job))
    with working(backend):
        awaited(backend.database, DONE, job)
    yield _once(backend, job, begun, half)
    left = queued(backend, found.event)
    verdict = Verdict.FAILED if left else Verdict.HELD
    yield Case("the queue afterwards", verdict, "nothing is left in it", f"{left} jobs are left")


def _once(backend: Backend, job: str, begun: bool, half: bool) -> Case:
    """Return whether the job was begun again, and its effect is there once."""
    [row] = backend.database.fetch(COUNTS, job)
    held = begun and not half and row["tries"] == 2 and row["effects"] == 1
    actual = f"begun {row['tries']} times, done {row['effects']} times" + (
        ", half done when it was killed" if half else ""
    )
    verdict = Verdict.HELD if held else Verdict.FAILED
    return Case("a job whose worker was killed", verdict, "another worker begins it again, and it is done once", actual)


PROBE = Probe("F09", Group.FAULTS, "a job outlives its worker, and is done once", worker_killed)
