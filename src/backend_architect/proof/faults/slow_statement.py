"""Fault 6: a statement takes far longer than it should."""

from collections.abc import Iterator
from contextlib import contextmanager

from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, Verdict
from backend_architect.proof.faults.health_watch import watching
from backend_architect.proof.faults.ledger import is_honest
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.plain_write import Driven, find_driven, writing
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

AT_MOST = 8.0
SLOW = """
CREATE FUNCTION proof_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NEW; END';
CREATE TRIGGER proof_slow BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION proof_slow();
"""
CONNECTIONS = """
SELECT pid FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


@writing
def slow_statement(lab: Lab) -> Iterator[Case]:
    """Give how a write that would take a minute ends, and that its connection serves on."""
    backend = lab.disturbed
    [person] = gather(backend, lab.secret, 1)
    driven = find_driven(backend, person)
    order = driven.order(backend, person)
    before, connections = driven.ids(backend), _connections(backend)
    with watching(backend) as health, _slowed(backend, driven):
        answer = order.send(backend)
    expected = f"503 or 504 with Retry-After, within {AT_MOST:.0f} s"
    yield answer.case(f"{driven.name}, slowed down", expected=expected, held=is_honest(answer), within=AT_MOST)
    yield _not_stored(driven.ids(backend) == before)
    yield _kept(connections, _connections(backend))
    yield order.send(backend).answers("the same write again, no longer slow", 201)
    yield health.case()


@contextmanager
def _slowed(backend: Backend, driven: Driven) -> Iterator[None]:
    """Let every new row take a minute while the block lasts."""
    backend.database.run(SLOW.format(table=driven.table))
    try:
        yield
    finally:
        backend.database.run("DROP FUNCTION proof_slow CASCADE")


def _connections(backend: Backend) -> frozenset[int]:
    return frozenset(row["pid"] for row in backend.database.fetch(CONNECTIONS))


def _not_stored(held: bool) -> Case:
    verdict = Verdict.HELD if held else Verdict.FAILED
    return Case("what it would have written", verdict, "is not stored", "as before" if held else "a row is there")


def _kept(before: frozenset[int], after: frozenset[int]) -> Case:
    """Return whether the database ended the statement, and not the backend its connection."""
    lost = before - after
    actual = f"{len(before & after)} of {len(before)} connections are still there"
    verdict = Verdict.FAILED if lost else Verdict.HELD
    return Case("the connection", verdict, "the statement is ended by the database, the connection serves on", actual)


PROBE = Probe("F06", Group.FAULTS, "a statement that takes too long is ended, and nothing else", slow_statement)
