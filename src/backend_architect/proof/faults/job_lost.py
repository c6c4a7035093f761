"""Fault 11: the server is killed between the commit of a write and the work that it left to the worker."""

from collections.abc import Iterator

from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.faults.event import DrivenEvent, find_event
from backend_architect.proof.faults.ledger import Ledger, driving
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.serving_process import serving_process
from backend_architect.proof.faults.worker import TABLES, awaited, with_events, working
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

WRITES = 120
BEFORE = 30
ENDED = "SELECT NOT EXISTS (SELECT FROM pgqueuer WHERE entrypoint = $1 AND status IN ('queued', 'picked'))"


@with_events
def job_lost(lab: Lab) -> Iterator[Case]:
    """Give whether every write that was committed has its work done, and none that was not."""
    with lab.own() as backend:
        [person] = gather(backend, lab.secret, 1)
        found = find_event(backend, person)
        if found is None:
            yield skipped("jobs", "no event can be brought about by somebody who has merely signed in")
            return
        backend.database.run(TABLES)
        backend.database.run("DELETE FROM pgqueuer")
        with driving(backend, found.driven, found.driven.orders(backend, person, lab.secret, WRITES)) as ledger:
            ledger.await_acknowledged(BEFORE)
            serving_process(backend).kill()
            backend.process.wait()
        with working(backend):
            awaited(backend.database, ENDED, found.event.run)
        yield _done(backend, found, ledger)


def _done(backend: Backend, found: DrivenEvent, ledger: Ledger) -> Case:
    """Return whether the jobs that were done are those of the rows that were written, each once."""
    effects = [str(row["job"]) for row in backend.database.fetch("SELECT job FROM proof_effects")]
    acknowledged = {
        each.order.row or str(each.answer.field("id")) for each in ledger.written if each.acknowledged and each.answer
    }
    stored = set(found.driven.ids(backend))
    made = stored - ledger.before if found.event.action == "create" else acknowledged
    missing, invented = (
        (acknowledged | made) - set(effects),
        set(effects) - stored if found.event.action != "delete" else set(),
    )
    held = bool(acknowledged) and not missing and not invented and len(effects) == len(set(effects))
    actual = (
        f"{len(acknowledged)} acknowledged, {len(effects)} jobs done, {len(missing)} lost, "
        f"{len(invented)} without their row"
    )
    verdict = Verdict.HELD if held else Verdict.FAILED
    title = f"{found.event.run} after {found.driven.name}"
    return Case(title, verdict, "done once for each write that was committed, and for no other", actual)


PROBE = Probe("F11", Group.FAULTS, "what a write leaves to the worker is committed with it", job_lost)
