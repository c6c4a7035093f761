"""Fault 1: the process that serves is killed in the middle of writes, and the server is started again."""

import subprocess
from collections.abc import Iterator

from backend_architect.proof.evidence import Case, Group, Verdict
from backend_architect.proof.faults.crowd import gather
from backend_architect.proof.faults.driven import find_driven, writing
from backend_architect.proof.faults.ledger import driving, settle
from backend_architect.proof.faults.serving_process import serving_process
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

PEOPLE = 20
WRITES = 160
BEFORE = 40
NOTICED = 10.0


@writing
def app_killed(lab: Lab) -> Iterator[Case]:
    """Give whether the server ends with its worker, and the invariants of the writes that were under way."""
    url = lab.database()
    with lab.own(url) as backend:
        crowd = gather(backend, lab.secret, PEOPLE)
        driven = find_driven(backend, crowd[0])
        with driving(backend, driven, driven.orders(backend, crowd, WRITES)) as ledger:
            ledger.await_acknowledged(BEFORE)
            serving_process(backend).kill()
            yield _ended(backend.process)
    with lab.own(url) as restarted:
        yield from settle(ledger, restarted)


def _ended(process: subprocess.Popen[bytes]) -> Case:
    """Return whether the server ends when its worker is dead: only then it is started again by whoever watches it."""
    try:
        status = process.wait(NOTICED)
        verdict, came = Verdict.HELD if status else Verdict.FAILED, f"ended with status {status}"
    except subprocess.TimeoutExpired:
        verdict, came = Verdict.FAILED, "it still runs, and serves nobody"
    return Case("the server after kill -9 of its worker", verdict, "ends with a status other than 0", came)


PROBE = Probe("F01", Group.FAULTS, "a killed server loses no acknowledged write, and doubles none", app_killed)
