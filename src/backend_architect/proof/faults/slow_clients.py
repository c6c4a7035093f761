"""Fault 13: clients that send slowly, or half, or nothing, or far too much."""

import contextlib
import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor
from backend_architect.proof.evidence import Case, Group, Measure, Verdict, skipped
from backend_architect.proof.faults.health_watch import watching
from backend_architect.proof.faults.many_accounts import gather
from backend_architect.proof.faults.plain_write import find_driven, writing
from backend_architect.proof.faults.serving_process import serving_process
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

HALF_HEADERS, IDLE, KEPT, HALF_BODIES = 200, 50, 20, 20
SLOW_CLIENTS, CROWDED_WITHIN = 1_200, 5.0
STRANGER = "127.0.0.9"
CLOSED_WITHIN = 30.0
GROWTH = 50 * 2**20
CHUNK = 64 * 1024
HUGE_LENGTH = 2**30
REFUSED_WITHIN = 64 * 2**20
"""What may be under way in the buffers of both sides before a client sees that it was refused."""
DEEP = 100_000
WHOLE = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
KEPT_FOR = 30.0
"""Seconds that a proxy keeps a connection idle, which the server must outlast; most keep theirs for 60."""


@dataclass
class Waiting:
    """Connections of one kind that a server should close: the seconds it took for each, and what was said."""

    kind: str
    sockets: list[socket.socket]
    closed: list[float] = field(default_factory=list)
    said: set[bytes] = field(default_factory=set)


@writing
def slow_clients(lab: Lab) -> Iterator[Case]:
    """Give when each kind of connection is closed, and what they all cost the backend meanwhile."""
    backend = lab.disturbed
    slow_connections = gather(backend, lab.secret, HALF_BODIES)
    path = find_driven(backend, slow_connections[0]).order(backend, slow_connections[0]).path
    process = serving_process(backend)
    before = process.memory_info().rss
    with closing(_kept_connection(lab.backend)) as kept, watching(backend) as health:
        since = time.monotonic()
        kinds = _connect(backend, slow_connections, path)
        most = process.memory_info().rss
        yield _huge(backend, slow_connections[1], path, {"Transfer-Encoding": "chunked"})
        yield _huge(backend, slow_connections[2], path, {"Content-Length": str(HUGE_LENGTH)})
        yield _deep(backend, slow_connections[3], path)
        most = max(most, process.memory_info().rss)
        _await_closing(kinds)
        most = max(most, process.memory_info().rss)
        yield _kept(kept, since)
    yield from (_closed(kind) for kind in kinds)
    yield _crowded(backend)
    yield _memory(most - before)
    yield health.case()


def _connect(backend: Backend, slow_connections: tuple[Actor, ...], path: str) -> list[Waiting]:
    """Return connections of every kind that sends too little."""
    half = b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: "
    bodies = [_head(person, path, {"Content-Length": "100"}) + b'{"a' for person in slow_connections]
    kinds = [
        Waiting("half-sent headers", _open(backend, [half] * HALF_HEADERS)),
        Waiting("connections on which nothing is sent", _open(backend, [b""] * IDLE)),
        Waiting("connections kept after an answer", _open(backend, [WHOLE] * KEPT)),
        Waiting("half-sent bodies", _open(backend, bodies)),
    ]
    for each in kinds[2].sockets:
        each.recv(65_536)
    return kinds


def _kept_connection(backend: Backend) -> socket.socket:
    """Return a connection on which one request was answered."""
    connection = _connection(backend)
    connection.sendall(WHOLE)
    connection.recv(65_536)
    return connection


def _kept(connection: socket.socket, since: float) -> Case:
    """Give whether a request is answered on a connection that a proxy in front has kept for a while."""
    time.sleep(max(0.0, since + KEPT_FOR - time.monotonic()))
    try:
        connection.sendall(WHOLE.replace(b"GET", b"POST", 1).replace(b"\r\n\r\n", b"\r\nContent-Length: 0\r\n\r\n"))
        line = connection.recv(65_536).partition(b"\r\n")[0].decode(errors="replace")
    except OSError as error:
        line = str(error)
    held = line.startswith("HTTP/1.1 405")
    advice = "" if held else "keep idle connections longer than the proxy does (IDLE_TIMEOUT)"
    title, actual = f"a POST on a connection that was idle for {KEPT_FOR:.0f} s", line or "the connection is closed"
    return Case(title, _verdict(held), "it is answered (405)", actual, "", advice)


def _open(backend: Backend, sent: list[bytes]) -> list[socket.socket]:
    sockets = [_connection(backend) for _ in sent]
    for connection, each in zip(sockets, sent, strict=True):
        connection.sendall(each)
    return sockets


def _connection(backend: Backend, source: str = "") -> socket.socket:
    return socket.create_connection(("127.0.0.1", backend.port), 10, (source, 0) if source else None)


def _head(person: Actor, path: str, headers: Mapping[str, str]) -> bytes:
    own = {"Host": "127.0.0.1", "Content-Type": "application/json", "Authorization": f"Bearer {person.token}"}
    lines = [f"POST {path} HTTP/1.1", *(f"{name}: {value}" for name, value in {**own, **headers}.items())]
    return "\r\n".join([*lines, "", ""]).encode()


def _await_closing(kinds: list[Waiting]) -> None:
    """Wait until the server has closed every connection, or the time is over."""
    began = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for kind in kinds:
            for each in kind.sockets:
                selector.register(each, selectors.EVENT_READ, kind)
        while selector.get_map() and (left := began + CLOSED_WITHIN - time.monotonic()) > 0:
            for key, _ in selector.select(left):
                connection, kind = key.fileobj, key.data
                assert isinstance(connection, socket.socket)
                if not _was_answered(connection, kind):
                    selector.unregister(connection)
                    kind.closed.append(time.monotonic() - began)
    for kind in kinds:
        for each in kind.sockets:
            each.close()


def _was_answered(connection: socket.socket, kind: Waiting) -> bool:
    """Return whether the connection is still open; what the server says on it is kept."""
    try:
        data = connection.recv(65_536)
    except OSError:
        return False
    if data:
        kind.said.add(data.partition(b"\r\n")[0])
    return bool(data)


def _closed(kind: Waiting) -> Case:
    slowest = max(kind.closed, default=0.0)
    refused = all(b" 408 " in line for line in kind.said)
    held = len(kind.closed) == len(kind.sockets) and refused
    said = ", ".join(sorted(line.decode(errors="replace") for line in kind.said)) or "nothing is said"
    actual = f"{len(kind.closed)} of {len(kind.sockets)} closed, the last after {slowest:.1f} s; {said}"
    advice = (
        "" if held else "give the server a time in which a request must arrive (header_read_timeout in app/serve.py)"
    )
    measures = (Measure("closed after", round(slowest, 1), "s"),)
    expected = f"all closed within {CLOSED_WITHIN:.0f} s, with 408 or without a word"
    return Case(f"{len(kind.sockets)} {kind.kind}", _verdict(held), expected, actual, "", advice, measures)


def _crowded(backend: Backend) -> Case:
    """Return whether others are answered while one address holds as many connections as it can."""
    title = f"{SLOW_CLIENTS:,} connections of one address on which half a request comes, or nothing"
    with contextlib.ExitStack() as stack:
        try:
            slow_connections = [stack.enter_context(_connection(backend, STRANGER)) for _ in range(SLOW_CLIENTS)]
        except OSError as error:
            return skipped(title, f"not tried: the system lends no second address or too few files ({error})")
        for each in slow_connections[::2]:
            with contextlib.suppress(OSError):  # it was one too many
                each.sendall(b"GET /healthz HTTP/1.1\r\n")
        answer = backend.client.ask(backend.anonymous(), "GET", "/healthz", headers={"connection": "close"})
    advice = "bound what one address may hold (app/core/connections.py, or a proxy in front)"
    expected = f"others are answered within {CROWDED_WITHIN:.0f} s"
    held = answer.status == 200
    return answer.case(title, expected=expected, held=held, advice=advice, within=CROWDED_WITHIN)


def _huge(backend: Backend, person: Actor, path: str, headers: Mapping[str, str]) -> Case:
    """Return whether a body of a gigabyte is refused long before it was sent."""
    sent, answer = 0, b""
    name = next(iter(headers))
    piece = b"%x\r\n%b\r\n" % (CHUNK, b"a" * CHUNK) if "chunked" in headers.values() else b"a" * CHUNK
    with _connection(backend) as connection, contextlib.suppress(OSError):
        connection.sendall(_head(person, path, headers))
        with contextlib.suppress(OSError):
            while sent < HUGE_LENGTH:
                connection.sendall(piece)
                sent += CHUNK
        answer = connection.recv(65_536)
    line = answer.partition(b"\r\n")[0].decode(errors="replace")
    held = " 413 " in line and sent < REFUSED_WITHIN
    actual = f"{line or 'no answer'}, after {sent / 2**20:.1f} MB were sent"
    title = f"a body of 1 GB with {name}: {headers[name]}"
    return Case(title, _verdict(held), f"413 before {REFUSED_WITHIN // 2**20} MB were sent", actual)


def _deep(backend: Backend, person: Actor, path: str) -> Case:
    content = b"[" * DEEP + b"]" * DEEP
    headers = {"content-type": "application/json"}
    answer = backend.client.ask(person, "POST", path, content=content, headers=headers)
    held = 400 <= answer.status < 500 and answer.status != 429
    return answer.case(f"JSON of {DEEP:,} levels", expected="refused with a 4xx", held=held)


def _memory(growth: int) -> Case:
    actual = f"{growth / 2**20:.1f} MB more at most"
    measures = (Measure("memory", round(growth / 2**20, 1), "MB"),)
    expected = f"less than {GROWTH // 2**20} MB more"
    return Case("the memory of the process", _verdict(growth < GROWTH), expected, actual, measures=measures)


def _verdict(held: bool) -> Verdict:
    return Verdict.HELD if held else Verdict.FAILED


PROBE = Probe("F13", Group.FAULTS, "slow clients and huge bodies cost nothing, and do not stay", slow_clients)
