"""The operating system's user that the embedded server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

SERVER_USER = "embedded_postgres"
FALLBACK_USER = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """A user id and its group. `foreign` is true where the server runs as somebody else than the caller."""

    uid: int
    gid: int
    foreign: bool

    def give(self, path: Path) -> None:
        """Make `path` this account's own."""
        if self.foreign:
            os.chown(path, self.uid, self.gid)

    def spawn_options(self) -> dict[str, object]:
        """Return what `subprocess` needs in order to become this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": ()} if self.foreign else {}


def server_account() -> Account:
    """Return the caller's own account, or for root a user without rights (made when there is none)."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), foreign=False)
    entry = _find(SERVER_USER) or _make(SERVER_USER) or pwd.getpwnam(FALLBACK_USER)
    return Account(entry.pw_uid, entry.pw_gid, foreign=True)


def open_the_way(account: Account, *paths: Path) -> None:
    """Let the server's user walk through the folders above `paths`.

    Only root needs it, and only the right to pass through is given, not the right to list.
    """
    if not account.foreign:
        return
    for path in paths:
        for parent in path.resolve().parents:
            mode = parent.stat().st_mode
            if not mode & 0o001:
                parent.chmod(mode | 0o001)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _make(name: str) -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd")
    if useradd is None:
        return None
    subprocess.run([useradd, "--system", "--shell", "/usr/sbin/nologin", name], check=False, capture_output=True)
    return _find(name)
