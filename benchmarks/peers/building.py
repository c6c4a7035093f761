"""Our candidate: `backend.yaml` built by `architect build`, migrated, filled, and started as its README says."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

from candidates import Candidate
from databases import VACUUM, Databases
from operations import BUILT

HERE: Final = Path(__file__).parent
TITLE: Final = "backend-architect, as built"
DATABASE: Final = "built"
SECRET: Final = "only for this benchmark, " * 2
BUILD: Final = "import sys; from backend_architect.cli import main; sys.exit(main())"
# In the built project: its own code signs the tokens, for sessions that its own tables hold.
SIGN: Final = """
import sys, uuid
from app.auth.tokens import AccessTokens
tokens = AccessTokens(sys.argv[1])
for line in sys.stdin:
    number, user, session = line.split()
    print(number, tokens.issue(uuid.UUID(user), uuid.UUID(session), []))
"""
SESSION: Final = """
INSERT INTO auth_sessions (id, user_id, family, secret, expires_at)
SELECT id, id, uuid_send(id), uuid_send(id), now() + interval '1 day' FROM users
"""


def build(folder: Path) -> None:
    """Build the project into `folder`, which must not be there."""
    command = [sys.executable, "-c", BUILD, "build", str(folder), "--design", str(HERE / "backend.yaml")]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def fill_built(databases: Databases, folder: Path) -> None:
    """Make the project's database anew: its migrations, the peers' rows, and a session for each user."""
    databases.execute("postgres", f"DROP DATABASE IF EXISTS {DATABASE}", f"CREATE DATABASE {DATABASE}")
    environment = {**os.environ, **_environment(databases)}
    subprocess.run([sys.executable, "-m", "app.migrate"], cwd=folder, env=environment, check=True)
    databases.execute(DATABASE, (HERE / "rows.sql").read_text(), SESSION, VACUUM)


def built_candidate(databases: Databases, folder: Path) -> Candidate:
    """Return the built project as production runs it, with the peers' pool."""
    environment = {**_environment(databases), "PYTHONPATH": ""}
    command = (sys.executable, "-m", "app.serve")
    return Candidate(TITLE, command, environment, folder, DATABASE, BUILT)


def built_tokens(folder: Path, numbers: tuple[int, ...]) -> dict[int, str]:
    """Return an access token for each of the users; they are good for a quarter of an hour."""
    lines = "\n".join(f"{number} {BUILT.identity(number)} {BUILT.identity(number)}" for number in numbers)
    command = [sys.executable, "-c", SIGN, SECRET]
    done = subprocess.run(command, cwd=folder, input=lines, check=True, capture_output=True, text=True)
    return {int(number): token for number, token in map(str.split, done.stdout.splitlines())}


def _environment(databases: Databases) -> dict[str, str]:
    return {
        "ENVIRONMENT": "production",
        "DATABASE_URL": databases.url(DATABASE),
        "JWT_SECRET": SECRET,
        "TRUSTED_HOSTS": "127.0.0.1",
        "POOL_MAX": "10",
        "METRICS_TOKEN": SECRET,
    }
