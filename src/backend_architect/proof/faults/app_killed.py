"""Fault 1: the process that serves is killed in the middle of writes, and the server is started again."""

import contextlib
import time
from collections.abc import Iterator
from http import HTTPStatus

import httpx

from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, Verdict
from backend_architect.proof.faults.ledger import driving, settle
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.plain_write import find_driven, writing
from backend_architect.proof.faults.serving_process import serving_process
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

WRITES = 160
BEFORE = 40
NOTICED = 10.0


@writing
def app_killed(lab: Lab) -> Iterator[Case]:
    """Give whether the server ends with its worker, and the invariants of the writes that were under way."""
    url = lab.database()
    with lab.own(url) as backend:
        [person] = gather(backend, lab.secret, 1)
        driven = find_driven(backend, person)
        with driving(backend, driven, driven.orders(backend, person, lab.secret, WRITES)) as ledger:
            ledger.await_acknowledged(BEFORE)
            serving_process(backend).kill()
            yield _noticed(backend)
    with lab.own(url) as restarted:
        yield from settle(ledger, restarted)


def _noticed(backend: Backend) -> Case:
    """Return whether the server ends with its worker, for whoever watches it to start it again, or starts another."""
    nobody, until = backend.anonymous(), time.monotonic() + NOTICED
    status, serves = None, False
    while status is None and not serves and time.monotonic() < until:
        time.sleep(0.05)
        status = backend.process.poll()
        with contextlib.suppress(httpx.HTTPError):
            serves = backend.client.ask(nobody, "GET", "/readyz").status == HTTPStatus.OK
    actual = "it serves again" if serves else "it still runs, and serves nobody"
    verdict = Verdict.HELD if status or serves else Verdict.FAILED
    expected = "it ends with a status other than 0, or serves again"
    return Case(
        "the server after kill -9 of its worker",
        verdict,
        expected,
        f"status {status}" if status is not None else actual,
    )


PROBE = Probe("F01", Group.FAULTS, "a killed server loses no acknowledged write, and doubles none", app_killed)
