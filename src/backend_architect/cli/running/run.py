"""A project, started step by step and watched until somebody ends it."""

import asyncio
import shlex
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from backend_architect.cli.output import print_data, quoted
from backend_architect.cli.running.filling import fill
from backend_architect.cli.running.first_steps import EMAIL, curl_lines, developer_token
from backend_architect.cli.running.lease import Lease, leased
from backend_architect.cli.running.ports import choose_port
from backend_architect.cli.running.schema_differences import migrations_in, require_columns
from backend_architect.design import Design
from backend_architect.errors import FolderError, Problem
from backend_architect.pipeline import columns_of, read_sound_design
from backend_architect.postgres import EmbeddedServer, Session, read_postmaster, start_embedded
from backend_architect.running import RunEnvironment, environment_for, migrate, python_for, serving, working

WATCH_SECONDS = 0.5
APPLICATION_ROLE = "app"
"""As in `app/core/database_role.py` of a built project; its migrations give it its rights."""


@dataclass(frozen=True, slots=True)
class UpOptions:
    """What was asked for: a project's folder, the port or None for any, how many users to make up.

    With `reset` the development database is emptied first.
    """

    folder: Path
    port: int | None
    seed: int
    reload: bool
    reset: bool
    json: bool

    @property
    def data(self) -> Path:
        """Return where everything of a run is kept."""
        return self.folder / ".data"

    def tell(self, text: str) -> None:
        """Say what happens; with --json on standard error, where it disturbs no program."""
        print(text, file=sys.stderr if self.json else sys.stdout, flush=True)


def run_project(options: UpOptions) -> int:
    """Run the project until Ctrl-C or SIGTERM; return 1 when its server ends by itself."""
    _require_project(options.folder)
    design = read_sound_design(options.folder / "backend.yaml").design
    with ExitStack() as stack:
        lease = _lease(stack, options)
        port, note = choose_port(options.port)
        if note:
            options.tell(note)
        python = python_for(options.folder, options.tell)
        if options.reset:
            _empty(options)
        database = _database(stack, options)
        place = RunEnvironment(options.folder, python, environment_for(database.url(), port))
        application = RunEnvironment(options.folder, python, environment_for(_application_url(options, database), port))
        _prepare(options, place, database, design)
        log = sys.stderr if options.json else sys.stdout  # with --json the standard output is for data alone
        on_start = partial(lease.write_down, f"http://127.0.0.1:{port}")
        server = stack.enter_context(serving(application, port, log=log, reload=options.reload, started=on_start))
        worker = None
        if (options.folder / "app/worker.py").exists():
            worker = stack.enter_context(working(application, log=log, reload=options.reload, started=on_start))
            options.tell("Worker started: it runs the jobs of events.")
        _welcome(options, port, design, database, python=python)
        _watch(options, server, worker)
        return 1


def _watch(options: UpOptions, server: subprocess.Popen[bytes], worker: subprocess.Popen[bytes] | None) -> None:
    """Return when the server ends by itself; say meanwhile what happens that a developer should know of."""
    known = migrations_in(options.folder)
    while server.poll() is None:
        if worker and worker.poll() is not None:
            options.tell(f"The worker ended by itself (status {worker.returncode}); jobs wait until the next start.")
            worker = None
        new = migrations_in(options.folder) - known
        if new:
            known |= new
            names = ", ".join(f"migrations/{name}" for name in sorted(new))
            options.tell(f"WARNING: {names} is not applied yet: press Ctrl-C, read it, and start again.")
        time.sleep(WATCH_SECONDS)
    options.tell(f"The server ended by itself (status {server.returncode}).")


def _empty(options: UpOptions) -> None:
    """Remove the development database; raise FolderError where something uses it, such as `make dev`."""
    folder = options.data / "postgres"
    if read_postmaster(folder):
        raise FolderError(Problem("already-running", f"the database in {folder} is in use", "end make dev first"))
    shutil.rmtree(folder, ignore_errors=True)
    options.tell("Development database emptied.")


def _require_project(folder: Path) -> None:
    missing = [name for name in ("backend.yaml", "app/serve.py") if not (folder / name).exists()]
    if missing:
        fix = f"architect build {quoted(folder)}" if missing == ["app/serve.py"] else "name the folder that was built"
        raise FolderError(Problem("no-project", f"{folder} holds no built project ({missing[0]} is missing)", fix))


def _lease(stack: ExitStack, options: UpOptions) -> Lease:
    lease, found = stack.enter_context(leased(options.data))
    if found:
        options.tell("The last run was killed: its server is ended, its data is kept.")
    return lease


def _database(stack: ExitStack, options: UpOptions) -> EmbeddedServer:
    started = time.monotonic()
    server = stack.enter_context(start_embedded(options.data / "postgres"))
    options.tell(f"PostgreSQL started in {time.monotonic() - started:.1f} s, data in {server.folder}")
    return server


def _application_url(options: UpOptions, database: EmbeddedServer) -> str:
    """Return the URL that the application signs in with: as a role that owns nothing, where the project has one."""
    if not (options.folder / "app/core/database_role.py").exists():
        return database.url()  # built before there was one
    with Session(database.url()) as admin:
        if not admin.value("SELECT true FROM pg_roles WHERE rolname = $1", APPLICATION_ROLE):
            admin.run(f"CREATE ROLE {APPLICATION_ROLE} LOGIN")
    return database.url(user=APPLICATION_ROLE)


def _prepare(options: UpOptions, place: RunEnvironment, database: EmbeddedServer, design: Design) -> None:
    migrate(place)
    options.tell("Migrations applied.")
    with Session(database.url()) as session:
        require_columns(session, columns_of(design))
    if not options.seed:
        return
    started = time.monotonic()
    mark = options.data / "filling"  # stands while the filling works, and after it was killed
    anew = mark.exists()
    mark.touch()
    filled = asyncio.run(fill(database, design, options.seed, anew=anew, tell=options.tell))
    mark.unlink()
    if filled:
        counts = ", ".join(f"{rows:,} {table}" for table, rows in filled.items())
        options.tell(f"Data generated in {time.monotonic() - started:.1f} s: {counts}")


def _welcome(options: UpOptions, port: int, design: Design, database: EmbeddedServer, *, python: Path) -> None:
    token = developer_token(port, design, _password_file(options), database.url())
    url = f"http://127.0.0.1:{port}"
    lines = curl_lines(port, design, signed_in=bool(token))
    role = _role_command(options, design, python, database)
    if options.json:
        account = {"email": EMAIL, "password_file": str(_password_file(options))} if token else None
        data = {"url": url, "docs": f"{url}/docs", "database": database.url(), "token": token, "account": account}
        data |= {"mailbox": f"{url}/mailbox"} if design.has_mail else {}
        print_data({**data, "try": lines, "give_role": role})
        sys.stdout.flush()
        return
    parts = ["", f"Running at {url} (API docs: {url}/docs)", f"Database: {database.url()}"]
    if design.has_mail:
        parts.append(f"Mailbox: {url}/mailbox shows the letters that are sent")
    if token:
        parts.append(f"Account: {EMAIL}, password in {_password_file(options)}; the token below is good for 15 minutes")
    first = [f"export TOKEN={token}"] if token else []
    parts += ["Try:", *(f"  {line}" for line in [*first, *lines])]
    if role:
        parts += [f"To give {EMAIL} a role (run it in another terminal; the next token has it):", f"  {role}"]
    options.tell("\n".join([*parts, "Press Ctrl-C to stop. Log:", ""]))


def _password_file(options: UpOptions) -> Path:
    return options.data / "developer_password"


def _role_command(options: UpOptions, design: Design, python: Path, database: EmbeddedServer) -> str:
    """Return how the developer's account is given a role, without which its routes answer 403; empty without roles."""
    if not design.auth or not design.auth.roles or not (options.folder / "app/auth/grant_role.py").exists():
        return ""
    folder, url = shlex.quote(str(options.folder.resolve())), shlex.quote(database.url())
    command = f"{shlex.quote(str(python.absolute()))} -m app.auth.grant_role {EMAIL} {design.auth.roles[0]}"
    return f"(cd {folder} && DATABASE_URL={url} {command})"
