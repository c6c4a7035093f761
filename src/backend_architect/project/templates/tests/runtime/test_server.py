"""The real server in a process of its own: how it stops, and what it does with clients that send slowly or too much."""

import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from time import perf_counter, sleep

import httpx
import pytest

from app.core.connections import IN_ALL, OPEN_FILES, PER_ADDRESS, SECONDS

RUN = """
from app import serve
serve.allow_files()
serve.build_server('tests.runtime.probe:create_probe_app', idle=6).serve()
"""


class Running:
    """A server process."""

    def __init__(self, database_url: str) -> None:
        self.held = socket.socket()  # nobody else is given its port; the server shares ports, and may listen on it
        self.held.bind(("127.0.0.1", 0))
        self.held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.port = self.held.getsockname()[1]
        settings = {"DATABASE_URL": database_url, "JWT_SECRET": "s" * 40, "PORT": str(self.port), "DRAIN_SECONDS": "1.5"}
        self.process = subprocess.Popen([sys.executable, "-W", "ignore", "-c", RUN], env=os.environ | settings)
        self.url = f"http://127.0.0.1:{self.port}"

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30, verify=False)  # to read the certificates takes longer than to ask

    def is_ready(self) -> bool:
        """Wait until it answers."""
        give_up = perf_counter() + 60
        while self.process.poll() is None and perf_counter() < give_up:
            with suppress(httpx.TransportError):
                if self.get("/readyz").status_code == 200:
                    return True
            sleep(0.05)
        return False


@pytest.fixture(scope="module")
def served(run_url: str, anyio_backend: str) -> Iterator[Running]:
    """A server that answers."""
    server = Running(run_url)
    try:
        assert server.is_ready()
        yield server
    finally:
        server.process.kill()
        server.process.wait()
        server.held.close()


def test_a_huge_body_is_refused_before_it_was_sent(served: Running) -> None:
    with socket.create_connection(("127.0.0.1", served.port), 5) as client:
        client.sendall(b"POST /probe/echo HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n")
        client.sendall(b"Content-Length: 1000000000\r\n\r\n[")
        answer = client.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"server: granian" not in answer.lower()


def test_slow_clients_do_not_keep_others_waiting(served: Running) -> None:
    slow = [socket.create_connection(("127.0.0.1", served.port), 5) for _ in range(200)]
    for client in slow:
        client.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
    assert served.get("/healthz").status_code == 200
    assert not select.select(slow[-1:], [], [], 0)[0], "it was answered only when the slow ones had been closed"
    for client in slow:
        client.close()


def is_open(client: socket.socket) -> bool:
    """Return whether the server has not closed a connection."""
    client.setblocking(False)
    try:
        return client.recv(1) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


@pytest.mark.skipif(not Path(OPEN_FILES).exists(), reason="the system does not tell which files are open")
def test_one_address_does_not_take_all_connections(served: Running) -> None:
    crowd = [socket.create_connection(("127.0.0.1", served.port), 30, ("127.0.0.9", 0)) for _ in range(IN_ALL + 50)]
    for client in crowd[::2]:
        with suppress(OSError):  # it has been closed by now
            client.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
    assert served.get("/healthz").status_code == 200
    assert any(map(is_open, crowd)), "it was answered only when the slow had gone"
    sleep(3 * SECONDS)
    assert sum(map(is_open, crowd)) <= PER_ADDRESS
    for client in crowd:
        client.close()


def test_connections_on_which_nothing_comes_are_closed(served: Running) -> None:
    began = perf_counter()
    idle, half = [socket.create_connection(("127.0.0.1", served.port), 30) for _ in range(2)]
    half.sendall(b"GET /healthz HTTP/1.1\r\nHost:")
    for client in (idle, half):
        assert client.recv(1) == b""
        client.close()
    assert perf_counter() - began > 5


def test_at_last_sigterm_lets_running_requests_finish(served: Running) -> None:
    with ThreadPoolExecutor() as threads:
        slow = threads.submit(served.get, "/probe/sleep?seconds=2.5")
        sleep(0.3)
        served.process.send_signal(signal.SIGTERM)
        while served.get("/readyz").status_code == 200:
            sleep(0.02)
        assert served.get("/readyz").status_code == 503
        last = served.get("/probe/numbers")
        assert (last.status_code, last.headers["connection"]) == (200, "close")
        with pytest.raises(httpx.TransportError):
            while not slow.done():
                served.get("/probe/numbers")
                sleep(0.05)
        assert slow.result().status_code == 200
        assert served.process.wait(30) == 0
