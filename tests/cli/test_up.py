"""A project that runs: with real processes, ended in every way."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPException
from pathlib import Path

import psutil
import pytest

from backend_architect.postgres import Session
from tests.cli.described import assert_described
from tests.cli.typed import ARCHITECT, SENTENCE, architect
from tests.soon import soon


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built project."""
    folder = tmp_path_factory.mktemp("up") / "social"
    assert architect(SENTENCE, "--dir", str(folder)).status == 0
    return folder


class Running:
    """`architect up` in a process of its own; `ready` is what it told when it was."""

    def __init__(self, project: Path, *options: str) -> None:
        command = [*ARCHITECT, "up", str(project), "--json", "--seed", "20", *options]
        self.log: list[str] = []
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
        )
        threading.Thread(target=self._read_log, daemon=True).start()
        self.ready = self._read_ready()
        assert "url" in self.ready, (self.ready, self.log)

    def _read_log(self) -> None:
        assert self.process.stderr
        self.log.extend(self.process.stderr)

    def _read_ready(self) -> dict[str, object]:
        assert self.process.stdout
        lines: list[str] = []
        for line in self.process.stdout:
            lines.append(line)
            if line == "}\n":
                return dict(json.loads("".join(lines)))
        return {}

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    def get(self, path: str) -> dict[str, object]:
        request = urllib.request.Request(self.url + path, headers={"Authorization": f"Bearer {self.ready['token']}"})
        with urllib.request.urlopen(request, timeout=60) as answer:
            return dict(json.load(answer))

    def post(self, path: str, body: object) -> None:
        headers = {"Authorization": f"Bearer {self.ready['token']}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, json.dumps(body).encode(), headers)
        urllib.request.urlopen(request, timeout=60).close()

    def is_alive_as(self, word: str) -> bool:
        """Return whether it says that it is alive in this word; while it starts again it says nothing."""
        with suppress(OSError, HTTPException), urllib.request.urlopen(self.url + "/healthz", timeout=60) as answer:
            return bool(answer.read().decode() == word)
        return False

    def says(self, words: str) -> bool:
        """Return whether this stands in its log, which is read by a thread of its own."""
        return any(words in line for line in self.log)

    def end(self, how: int) -> int:
        self.process.send_signal(how)
        return self.process.wait(120)


@pytest.fixture
def run(project: Path) -> Iterator[Callable[..., Running]]:
    """Start the project; whatever a test leaves running ends with it."""
    started: list[Running] = []

    def start(*options: str) -> Running:
        started.append(Running(project, *options))
        return started[-1]

    yield start
    for running in started:
        if running.process.poll() is None:
            running.end(signal.SIGTERM)


def left(project: Path) -> list[psutil.Process]:
    """Return the processes that still work in the project's folder."""
    return [process for process in psutil.process_iter() if _works_in(process, project)]


def _works_in(process: psutil.Process, project: Path) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and Path(process.cwd()).is_relative_to(project)
    except psutil.Error:
        return False


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_answers_and_leaves_nothing(project: Path, run: Callable[..., Running], how: int) -> None:
    running = run("--no-reload")
    assert running.ready, running.log
    assert running.get("/v1/me")["email"] == "developer@example.com"
    assert running.end(how) == 130
    assert not left(project)
    assert not (project / ".data/postgres/postmaster.pid").exists()
    assert not (project / ".data/up.json").exists()


def test_its_three_lines_work(run: Callable[..., Running]) -> None:
    running = run("--no-reload")
    assert_described(running.ready, "up")
    lines = running.ready["try"]
    assert isinstance(lines, list)
    assert len(lines) == 3
    for line in lines:
        done = subprocess.run(
            ["bash", "-c", f"{line} --silent --show-error --fail"],
            env={**os.environ, "TOKEN": str(running.ready["token"])},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (line, done.stderr)
        assert json.loads(done.stdout)
    given = subprocess.run(["bash", "-c", str(running.ready["give_role"])], capture_output=True, text=True, check=False)
    assert given.stdout == "developer@example.com: moderator\n", given.stderr
    assert running.get("/v1/me")["roles"] == ["moderator"]


def test_after_kill_9_the_next_one_recovers(project: Path, run: Callable[..., Running]) -> None:
    killed = run("--no-reload")
    killed.end(signal.SIGKILL)
    assert left(project)
    again = run("--no-reload")
    assert again.get("/v1/me")["email"] == "developer@example.com"
    soon(lambda: again.says("was killed"))
    again.end(signal.SIGINT)
    assert not left(project)


def test_a_second_one_is_told_where_the_first_runs(project: Path, run: Callable[..., Running]) -> None:
    first = run("--no-reload")
    second = architect("up", str(project))
    assert second.status == 1
    assert "already-running" in second.err
    assert first.url in second.err
    assert first.get("/v1/me")


def test_a_port_that_is_taken(project: Path, run: Callable[..., Running]) -> None:
    with closing(socket.socket()) as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = architect("up", str(project), "--port", str(port))
        assert refused.status == 1
        assert "port-taken" in refused.err
        assert f"process {os.getpid()}" in refused.err


def test_the_default_port_gives_way(run: Callable[..., Running]) -> None:
    with closing(socket.socket()) as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            other.bind(("127.0.0.1", 8000))
            other.listen()
        except OSError:
            pass  # somebody else has it, which serves as well
        running = run("--no-reload")
    assert running.url != "http://127.0.0.1:8000"
    soon(lambda: running.says("taking"))


def test_a_change_is_served_without_a_restart(project: Path, run: Callable[..., Running]) -> None:
    running = run()
    health = project / "app/core/health.py"
    before = health.read_text()
    assert before.count('b"alive"') == 1
    assert running.is_alive_as("alive")
    try:
        health.write_text(before.replace('b"alive"', 'b"changed"'))
        soon(lambda: running.is_alive_as("changed"))
        assert running.get("/v1/me")
        assert running.end(signal.SIGINT) == 130
    finally:
        health.write_text(before)
    assert not left(project)


def test_jobs_are_done_and_what_the_database_lacks_is_told(project: Path, tmp_path: Path) -> None:
    copy = tmp_path / "social"
    shutil.copytree(project, copy, ignore=shutil.ignore_patterns(".data"))
    running = Running(copy)
    try:
        running.post("/v1/posts", {"body": "hello"})
        with Session(str(running.ready["database"])) as database:
            soon(lambda: database.value("SELECT true FROM pgqueuer_log WHERE status = 'successful'"))
        design = copy / "backend.yaml"
        design.write_text(
            design.read_text().replace("      bio: {", "      site: {type: url, optional: true}\n      bio: {")
        )
        assert architect("build", str(copy)).status == 1
        draft = copy / "migrations/0004_change_users.sql"
        soon(lambda: running.says("WARNING: migrations/0004_change_users.sql is not applied yet"))
    finally:
        running.end(signal.SIGINT)
    written = draft.read_text()
    draft.unlink()
    refused = architect("up", str(copy))
    assert refused.status == 1
    assert "schema-behind: the database lacks users.site" in refused.err
    draft.write_text(written)
    running = Running(copy, "--reset")
    running.end(signal.SIGINT)
    assert running.says("Development database emptied.")
    assert not left(copy)
