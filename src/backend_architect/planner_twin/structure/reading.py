"""A read-only transaction in which a database writes names and values so that another server understands them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from backend_architect.planner_twin.structure.statements import HELD, READABLE
from backend_architect.postgres.session import Session

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


@contextmanager
def reading(session: Session) -> Iterator[None]:
    """Read in one transaction, as of one moment; it is rolled back, with the settings that it made."""
    session.run(BEGIN)
    try:
        path = session.value("SELECT current_setting('search_path')")
        session.run("".join(f"SET LOCAL {name} = {value};" for name, value in READABLE.items()))
        session.run("SELECT set_config('architect.search_path', $1, true)", path)
        note_locked(session)
        yield
    finally:
        session.run("ROLLBACK")


def note_locked(session: Session) -> None:
    """Note which relations somebody holds for himself now, so that nothing is asked that would wait for him."""
    session.run("SELECT set_config('architect.held', $1, true)", session.value(HELD))


def server_version(session: Session) -> int:
    """Return the server's major version."""
    return int(session.value("SELECT current_setting('server_version_num')::int / 10000"))


def for_version(choices: Mapping[int, str], version: int) -> str:
    """Return the text for the newest of these versions that the server has reached."""
    return choices[max(each for each in choices if each <= version)]
