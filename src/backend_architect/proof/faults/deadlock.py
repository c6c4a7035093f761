"""Fault 7: writes meet in a deadlock, or cannot be serialized, or are the same one sent at the same time."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, Verdict
from backend_architect.proof.faults.ledger import Ledger, RecordedWrite, settle
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.plain_write import Driven, PlannedWrite, find_driven, writing
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

TOGETHER = 4
ROUNDS = 2
AT_ONCE = 4
MOST_ATTEMPTS = 3
"""How often a write that met another may be tried before the client is told."""

FOR_EVER = 1_000

# Every other row takes the two locks in the opposite order: two writes at once meet in a real deadlock.
DEADLOCK = """
CREATE SEQUENCE proof_turn;
CREATE FUNCTION proof_meet() RETURNS trigger LANGUAGE plpgsql SET deadlock_timeout = '100ms' AS $$
DECLARE turn int := nextval('proof_turn') % 2;
BEGIN
    PERFORM pg_advisory_xact_lock(1, turn), pg_sleep(0.05), pg_advisory_xact_lock(1, 1 - turn);
    RETURN NEW;
END $$;
"""
# Each attempt draws a number, also one that is rolled back: the first ones of every write fail.
UNSERIALIZABLE = """
CREATE SEQUENCE proof_turn;
CREATE FUNCTION proof_meet() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('proof_turn') <= {failures} THEN RAISE EXCEPTION 'could not serialize' USING ERRCODE = '40001'; END IF;
    RETURN NEW;
END $$;
"""
TRIGGER = 'CREATE TRIGGER proof_meet BEFORE INSERT ON "{table}" FOR EACH ROW EXECUTE FUNCTION proof_meet()'


@writing
def deadlock(lab: Lab) -> Iterator[Case]:
    """Give what writers are answered who met, how often each was tried, and the invariants."""
    backend = lab.disturbed
    [person] = gather(backend, lab.secret, 1)
    driven = find_driven(backend, person)
    *orders, late, never, one = driven.orders(backend, person, lab.secret, ROUNDS * TOGETHER + 3)
    ledger = Ledger(driven, frozenset(driven.ids(backend)))
    with _meeting(backend, driven, DEADLOCK):
        for start in range(0, len(orders), TOGETHER):
            _together(backend, ledger, orders[start : start + TOGETHER])
    yield _met(ledger)
    for failures, order in ((MOST_ATTEMPTS - 1, late), (FOR_EVER, never)):
        with _meeting(backend, driven, UNSERIALIZABLE.format(failures=failures)):
            [answer] = _together(backend, ledger, [order])
            yield _unserializable(answer, int(backend.database.value("SELECT last_value FROM proof_turn")), failures)
    yield _once(_together(backend, ledger, [one] * AT_ONCE))
    yield from settle(ledger, backend)


@contextmanager
def _meeting(backend: Backend, driven: Driven, function: str) -> Iterator[None]:
    backend.database.run(function + TRIGGER.format(table=driven.table))
    try:
        yield
    finally:
        backend.database.run("DROP FUNCTION proof_meet CASCADE; DROP SEQUENCE proof_turn")


def _together(backend: Backend, ledger: Ledger, orders: Sequence[PlannedWrite]) -> list[Exchange]:
    """Return the answers to writes sent at the same time; they are in the ledger, too."""
    with ThreadPoolExecutor(len(orders)) as threads:
        answers = list(threads.map(lambda order: order.send(backend), orders))
    ledger.written += [RecordedWrite(order, answer, 0.0) for order, answer in zip(orders, answers, strict=True)]
    return answers


def _met(ledger: Ledger) -> Case:
    answers = [each.answer for each in ledger.written if each.answer]
    wrong = [answer for answer in answers if answer.status not in {201, 409, 503}]
    stored = sum(answer.status == 201 for answer in answers)
    actual = f"{stored} of {len(answers)} stored" + (f"; one got {wrong[0].description}" if wrong else "")
    verdict = Verdict.HELD if stored and not wrong else Verdict.FAILED
    return Case("writes that meet in a deadlock", verdict, "201, or 409 or 503 after a few attempts", actual)


def _unserializable(answer: Exchange, attempts: int, failures: int) -> Case:
    """Return whether a write is tried again as long as that may help, and no longer."""
    if failures < MOST_ATTEMPTS:
        return answer.answers(f"a write that fails to serialize {failures} times, tried {attempts} times", 201)
    held = answer.status in {409, 503} and attempts <= MOST_ATTEMPTS
    title = f"a write that always fails to serialize, tried {attempts} times"
    return answer.case(title, expected=f"409 or 503 after at most {MOST_ATTEMPTS} attempts", held=held)


def _once(answers: list[Exchange]) -> Case:
    """Return whether one write, sent several times at once, happened once; the others got its answer or a 409."""
    ids = {answer.field("id") for answer in answers if answer.status == 201}
    others = {answer.status for answer in answers} - {201}
    actual = f"{len(ids)} rows told, statuses {sorted({answer.status for answer in answers})}"
    verdict = Verdict.HELD if len(ids) == 1 and others <= {409, 503} else Verdict.FAILED
    title = f"one write sent {len(answers)} times at once under one key"
    return Case(title, verdict, "one row; the others get its answer, or 409 or 503", actual, answers[0].curl)


PROBE = Probe("F07", Group.FAULTS, "writes that meet are tried again or refused, never half done", deadlock)
