"""Every fault holds on a built project, and is found on copies that are weakened in the points that it tries.

The weakened copies are proven at the same time, each by a process of its own: most of a fault is waiting.
"""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Group, Lab, Result, Verdict, choose_probes, prove, read_subject
from backend_architect.proof.faults import PROBES
from backend_architect.proof.stored import read_evidence

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Weakness:
    """A text that makes a project strong, what a hasty edit leaves of it, and the case in which that shows."""

    probe: str
    file: str
    strong: str
    weak: str
    case: str


ENQUEUED = """
    async def create(db: Executor) -> Response:
        async with db.transaction() as tx:
            post = await queries.create(tx, new, me)
            if post:
                await tx.enqueue("notify_followers", post.id)
        return created(post, "posts")
"""
ENQUEUED_LATER = """
    async def create(inner: Executor) -> Response:
        post = await queries.create(inner, new, me)

        async def later() -> None:
            await __import__("asyncio").sleep(0.5)
            async with db.transaction() as tx:
                await tx.enqueue("notify_followers", post.id)

        if post:
            __import__("asyncio").ensure_future(later())
        return created(post, "posts")
"""

# One copy each: weaknesses in one copy do not show in each other's probes.
COPIES = {
    "the shared server": (
        Weakness(
            "F05", "app/core/database.py", "asyncio.timeout(self.timeout):", "asyncio.timeout(None):",
            "30 readers of the locked table",
        ),
        Weakness(
            "F06", "app/core/database.py", '"statement_timeout": f"{settings.statement_timeout}s",', "",
            "the connection",
        ),
        Weakness(
            "F07", "app/core/idempotency.py", "await repeated(partial(_under_key, key, db, me, work))",
            "await _under_key(key, db, me, work)", "a write that fails to serialize 2 times",
        ),
        Weakness(
            "F09", "app/worker.py", "heartbeat_timeout=LOST_AFTER", "heartbeat_timeout=timedelta(days=1)",
            "a job whose worker was killed",
        ),
        Weakness("F10", "app/worker.py", 'on_failure="hold"', 'on_failure="delete"', "after its last try"),
        Weakness("F13", "app/serve.py", "http=HTTPModes.http1,", "", "50 connections on which nothing is sent"),
        Weakness("F15", "app/auth/tokens.py", "LEEWAY = 30", "LEEWAY = 600", "a token of a server +300 s off, here"),
    ),
    "servers that end": (
        Weakness(
            "F01", "app/core/idempotency.py",
            'if await tx.execute(KEEP, caller=me.id, key=key, fingerprint=fingerprint, **kept) != "INSERT 0 1":',
            "if False:",
            "I3: acknowledged writes sent again",
        ),
        Weakness(
            "F02", "app/core/health.py", "if request.app.state.stopping.is_set():", "if False:", "GET /readyz",
        ),
        Weakness(
            "F03", "app/core/errors.py", '{"Retry-After": str(retry_after)}', "{}", "GET /readyz while it is gone",
        ),
        Weakness("F11", "app/posts/routes.py", ENQUEUED, ENQUEUED_LATER, "notify_followers after POST /v1/posts"),
    ),
    "a pool that leaks": (
        Weakness(
            "F04", "app/core/database.py", "            await self.pool.release(connection)\n",
            "            await self.pool.release(connection) if random() < 0.6 else None\n", "writes",
        ),
    ),
}  # fmt: skip
WEAKNESSES = [weakness for copy in COPIES.values() for weakness in copy]

# Waits that only a failing fault needs are shorter here.
PROVE = """
import sys
from backend_architect.cli.app import run
from backend_architect.proof.faults import ledger, slow_clients, worker
slow_clients.CLOSED_WITHIN, worker.PATIENCE, ledger.PATIENCE = 13.0, 10.0, 5.0
sys.modules["backend_architect.proof.prove"].TRIES = 1
sys.exit(run(["prove", *sys.argv[1:], "--json"]))
"""


@pytest.fixture(scope="module")
def held(server: EmbeddedServer, built: Callable[[str], Path]) -> dict[str, Result]:
    """The result of every fault on a built project, all in one lab."""
    with Lab(read_subject(built("social-sharing")), print, server) as lab:
        evidence = list(prove(lab, choose_probes([Group.FAULTS])))[-1].evidence
    return {result.probe: result for result in evidence.results}


@pytest.fixture(scope="module")
def found(built: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Result]:
    """The result of every fault on the copy that is weakened for it."""
    running = []
    for copy in COPIES.values():
        folder = _weakened(built("social-sharing"), tmp_path_factory.mktemp("weakened") / "copy", copy)
        words = [sys.executable, "-c", PROVE, *(weakness.probe for weakness in copy), str(folder)]
        running.append(subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL))
    proofs = [read_evidence(json.loads(process.communicate()[0])) for process in running]
    return {result.probe: result for proof in proofs for result in proof.results}


def _weakened(built: Path, folder: Path, weaknesses: tuple[Weakness, ...]) -> Path:
    shutil.copytree(built, folder, ignore=shutil.ignore_patterns(".data", "__pycache__"))
    for weakness in weaknesses:
        text = (folder / weakness.file).read_text()
        assert text.count(weakness.strong) == 1, f"{weakness.file}: weaken it where it is strong now"
        (folder / weakness.file).write_text(text.replace(weakness.strong, weakness.weak))
    return folder


def test_every_fault_is_tried_on_something_weak() -> None:
    assert {weakness.probe for weakness in WEAKNESSES} == {probe.name for probe in PROBES}


@pytest.mark.parametrize("probe", [probe.name for probe in PROBES])
def test_a_built_project_holds(probe: str, held: dict[str, Result]) -> None:
    assert held[probe].verdict is Verdict.HELD, held[probe]


@pytest.mark.parametrize("weakness", WEAKNESSES, ids=lambda weakness: weakness.probe)
def test_a_weakness_is_found(weakness: Weakness, found: dict[str, Result]) -> None:
    failed = [case.title for case in found[weakness.probe].cases if case.verdict is Verdict.FAILED]
    assert any(title.startswith(weakness.case) for title in failed), found[weakness.probe]
