"""Fault 15: one of several servers has a clock that is minutes off, and then jumps."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.plain_write import find_driven, writing
from backend_architect.proof.lab import Lab
from backend_architect.proof.people import sign_in
from backend_architect.proof.probe import Probe

SKEW = 300
WITHIN_LEEWAY, BEYOND_LEEWAY = 20, 70
SAME = 60.0
"""Seconds by which two times that were stored one after the other may differ."""
TRIES = 40
ROWS = 12

# Python imports this by itself, before anything else; the shift is read anew each time, so that the clock can jump.
SHIFTED_CLOCK = """
import os, time
_time, _file = time.time, os.environ["PROOF_CLOCK"]
def _shifted():
    with open(_file) as file:
        return _time() + float(file.read() or 0)
time.time = _shifted
time.time_ns = lambda: int(_shifted() * 1e9)
"""
STORED = """
SELECT extract(epoch FROM row_of.value::text::timestamptz)::float AS at, row_of.key AS name
FROM "{table}" t, jsonb_each_text(to_jsonb(t)) AS row_of
WHERE t.id = $1::text::uuid AND row_of.key = ANY ($2::text[]) AND row_of.value IS NOT NULL
"""
SESSION = "SELECT id::text FROM auth_sessions WHERE user_id = $1::text::uuid ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class Clock:
    """The clock of the other server, as a file that holds by how many seconds it is off."""

    file: Path

    def shift(self, seconds: int) -> None:
        """Let the clock jump."""
        fresh = self.file.with_suffix(".new")
        fresh.write_text(str(seconds))
        fresh.replace(self.file)


@writing
def clock_skew(lab: Lab) -> Iterator[Case]:
    """Give what two servers on one database make of each other's tokens, rows and limits."""
    ours = lab.disturbed
    with _other_server(lab, ours) as (other, clock):
        [person] = gather(ours, lab.secret, 1)
        yield from _tokens_of_theirs(ours, other, clock, person)
        yield from _tokens_of_ours(ours, other, clock, person)
        yield from _stored(ours, other, clock, person)
        yield _ordered(ours, other, clock, lab.secret)
        yield from _limits(other, clock)


@contextmanager
def _other_server(lab: Lab, ours: Backend) -> Iterator[tuple[Backend, Clock]]:
    """Give a second server on the same database, and its clock."""
    folder = lab.folder / "clock"
    folder.mkdir(exist_ok=True)
    (folder / "sitecustomize.py").write_text(SHIFTED_CLOCK)
    clock = Clock(folder / "seconds")
    clock.shift(0)
    url = ours.place.environment["DATABASE_URL"]
    with lab.own(url, PYTHONPATH=str(folder), PROOF_CLOCK=str(clock.file)) as other:
        yield other, clock


def _tokens_of_theirs(ours: Backend, other: Backend, clock: Clock, person: Actor) -> Iterator[Case]:
    """Give what we say to a token of the other server: a small difference passes, minutes ahead of us do not."""
    for shift, status in ((SKEW, 401), (WITHIN_LEEWAY, 200), (BEYOND_LEEWAY, 401), (-SKEW, 200)):
        clock.shift(shift)
        made = str(sign_in(other, _elsewhere(ours, person)).field("access_token"))
        yield _used(other, person, made, 200, f"a token of a server {shift:+} s off, there")
        yield _used(ours, person, made, status, f"a token of a server {shift:+} s off, here")


def _tokens_of_ours(ours: Backend, other: Backend, clock: Clock, person: Actor) -> Iterator[Case]:
    """Give what the other server says to tokens of ours; the last one it has read before its time was over."""
    for shift, status in ((-SKEW, 401), (-WITHIN_LEEWAY, 200), (SKEW, 200)):
        clock.shift(shift)
        session = sign_in(ours, _elsewhere(ours, person))
        token, lifetime = str(session.field("access_token")), session.field("expires_in")
        yield _used(other, person, token, status, f"a token of ours at a server {shift:+} s off")
    assert isinstance(lifetime, int)
    clock.shift(lifetime + BEYOND_LEEWAY)
    yield _used(other, person, token, 401, f"the same token at a server {lifetime + BEYOND_LEEWAY:+} s off: expired")


def _used(backend: Backend, person: Actor, token: str, status: int, title: str) -> Case:
    reader = Actor(person.name, person.address, id=person.id, token=token)
    return backend.client.ask(reader, "GET", "/v1/me").answers(title, status)


def _elsewhere(backend: Backend, person: Actor) -> Actor:
    """Return the same person at another address: sign-ins are limited by address."""
    return Actor(person.name, backend.anonymous().address, email=person.email, password=person.password)


def _stored(ours: Backend, other: Backend, clock: Clock, person: Actor) -> Iterator[Case]:
    """Give whether what is stored has the database's time, whichever server stored it."""
    clock.shift(SKEW)
    driven = find_driven(ours, person)
    rows = [str(driven.order(ours, person).send(backend).field("id")) for backend in (ours, other)]
    yield _same_times(ours, driven.table, ["created_at", "updated_at"], rows)
    sessions = []
    for backend in (ours, other):
        sign_in(backend, _elsewhere(ours, person))
        sessions.append(str(ours.database.value(SESSION, person.id)))
    yield _same_times(ours, "auth_sessions", ["created_at", "last_used_at", "expires_at"], sessions)


def _same_times(backend: Backend, table: str, columns: list[str], ids: list[str]) -> Case:
    ours, theirs = [
        {row["name"]: row["at"] for row in backend.database.fetch(STORED.format(table=table), each, columns)}
        for each in ids
    ]
    apart = {name: theirs.get(name, 0.0) - at for name, at in ours.items()}
    held = bool(apart) and all(abs(seconds) < SAME for seconds in apart.values())
    actual = ", ".join(f"{name} {seconds:+.1f} s" for name, seconds in apart.items())
    expected = "the times are the database's, not those of the server that is off"
    return Case(f"times in {table}", Verdict.HELD if held else Verdict.FAILED, expected, actual)


def _ordered(ours: Backend, other: Backend, clock: Clock, secret: str) -> Case:
    """Return whether rows that both servers make in turn have ids in the order in which they were made."""
    [person] = gather(ours, secret, 1)
    ids: list[str] = []
    for number, order in enumerate(find_driven(ours, person).orders(ours, person, secret, ROWS)):
        clock.shift(SKEW if number % 4 < 2 else -WITHIN_LEEWAY)
        ids.append(str(order.send((ours, other)[number % 2]).field("id")))
    held = ids == sorted(set(ids)) and "None" not in ids
    actual = f"{len(set(ids))} ids, " + ("in their order" if held else f"not in their order: {ids}")
    return Case("ids of rows made in turn", Verdict.HELD if held else Verdict.FAILED, "different, and in order", actual)


def _limits(other: Backend, clock: Clock) -> Iterator[Case]:
    """Give what a caller who reached a limit is told after the clock jumped."""
    clock.shift(0)
    somebody = other.anonymous()
    for _ in range(TRIES):
        if _asked(other, somebody).status == 429:
            break
    else:
        yield skipped("limits", f"{TRIES} sign-ins in a row meet no limit")
        return
    for shift in (-SKEW, SKEW):
        clock.shift(shift)
        answer = _asked(other, somebody)
        after = answer.headers.get("retry-after", "")
        held = answer.status == 429 and after.isdigit() and 1 <= int(after) <= SKEW
        title = f"a limit after the clock jumped by {shift:+} s: Retry-After {after}"
        yield answer.case(title, expected="429 as before, Retry-After neither negative nor minutes more", held=held)


def _asked(backend: Backend, somebody: Actor) -> Exchange:
    return backend.client.ask(somebody, "POST", "/v1/auth/sign-in", json_body={})


PROBE = Probe("F15", Group.FAULTS, "a clock that is minutes off is nobody's way in, and orders nothing", clock_skew)
