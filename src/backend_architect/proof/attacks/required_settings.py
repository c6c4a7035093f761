"""P81: in production nothing starts on settings that are missing or lax: it ends at once, and says what it wants."""

import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from backend_architect.design.model import FieldType
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.evidence import Case, Group
from backend_architect.proof.lab import FILE_STORE, Lab, held_port
from backend_architect.proof.probe import Probe
from backend_architect.running import end_group

SECONDS = 10.0
AT_ONCE = 3
ADVICE = "settings are checked before anything starts: a default of development must never serve in production"
ALWAYS: dict[str, tuple[str, ...]] = {
    "DATABASE_URL": ("",),
    "TRUSTED_HOSTS": ("",),
    "ALLOWED_ORIGINS": ("*",),
}
WITH_ACCOUNTS: dict[str, tuple[str, ...]] = {"JWT_SECRET": ("", "short")}


def required_settings(lab: Lab) -> Iterator[Case]:
    """Give a case for each setting that production must have, without it and with a value that is no good."""
    design = lab.subject.design
    has_files = any(
        item.type is FieldType.FILE for row in design.rows_by_plural.values() for item in row.fields.values()
    )
    wanted = {**ALWAYS, **(WITH_ACCOUNTS if design.auth else {})}
    wanted |= dict.fromkeys(FILE_STORE, ("",)) if has_files else {}
    url = lab.backend.place.environment["DATABASE_URL"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tried = [(name, value) for name, values in wanted.items() for value in values]
        yield from pool.map(lambda each: _case(lab, url, *each), tried)


def _case(lab: Lab, url: str, name: str, value: str) -> Case:
    """Return what came of a start with one setting missing (''), or with another value."""
    with held_port() as port:
        place = lab.place(url, PORT=str(port))
        environment = {key: given for key, given in place.environment.items() if key != name}
        environment |= {name: value} if value else {}
        process = subprocess.Popen(
            place.command("app.serve"), cwd=place.folder, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
        )  # fmt: skip
        try:
            said, _ = process.communicate(timeout=SECONDS)
            came, held = f"it ended with {process.returncode}", process.returncode != 0 and name in said
            came += "" if name in said else f", and did not name {name}"
        except subprocess.TimeoutExpired:
            came, held = "it serves", False
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=SECONDS)
        finally:
            end_group(process.pid, place.folder)
    title = f"a start with {name}={value}" if value else f"a start without {name}"
    return Case(title, verdict(held), f"it ends at once, and names {name}", came, "", "" if held else ADVICE)


PROBE = Probe("P81", Group.ATTACKS, "production does not start on settings that are missing or lax", required_settings)
