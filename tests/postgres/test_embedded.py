"""The embedded server on good folders and bad ones, after a clean end and after kill -9."""

import asyncio
import errno
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import psutil
import pytest

from backend_architect.errors import DatabaseError
from backend_architect.postgres import EmbeddedServer, account, connect, embedded, start_embedded


def ask(server: EmbeddedServer, sql: str) -> object:
    """Return one value from the server."""

    async def fetch() -> object:
        connection = await connect(server.url())
        try:
            return await connection.fetchval(sql)
        finally:
            await connection.close()

    return asyncio.run(fetch())


def runs(pid: int) -> bool:
    """Return whether the process still does anything: an orphan stays listed until somebody notes its end."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def test_it_runs_and_leaves_nothing(tmp_path: Path) -> None:
    with start_embedded(tmp_path / "data") as server:
        assert int(str(ask(server, "SHOW server_version_num"))) >= 180_000
        assert ask(server, "SHOW listen_addresses") == ""
        ask(server, "CREATE TABLE kept ()")
    assert not runs(server.pid)
    assert not (tmp_path / "data/postmaster.pid").exists()
    with start_embedded(tmp_path / "data") as again:
        assert ask(again, "SELECT to_regclass('kept')::text") == "kept"


def test_two_users_share_it_and_the_last_one_stops_it(tmp_path: Path) -> None:
    with start_embedded(tmp_path / "data") as server:
        script = (
            "import sys; from pathlib import Path; from backend_architect.postgres import start_embedded\n"
            "with start_embedded(Path(sys.argv[1])) as server: print(server.pid)"
        )
        done = subprocess.run(
            [sys.executable, "-c", script, str(tmp_path / "data")], capture_output=True, text=True, check=True
        )
        assert int(done.stdout) == server.pid
        assert ask(server, "SELECT 1") == 1
    assert not runs(server.pid)


def test_a_killed_server_starts_again(tmp_path: Path) -> None:
    with start_embedded(tmp_path / "data") as server:
        ask(server, "CREATE TABLE kept ()")
        os.kill(server.pid, signal.SIGKILL)
    with start_embedded(tmp_path / "data") as again:
        assert ask(again, "SELECT to_regclass('kept')::text") == "kept"


def test_a_server_whose_user_was_killed_is_taken_over_and_stopped(tmp_path: Path) -> None:
    script = """
        import os, signal, sys
        from pathlib import Path
        from backend_architect.postgres import start_embedded
        with start_embedded(Path(sys.argv[1])) as server:
            os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(script), str(tmp_path / "data")], check=False)
    left = int((tmp_path / "data/postmaster.pid").read_text().splitlines()[0])
    assert runs(left)
    with start_embedded(tmp_path / "data") as server:
        assert server.pid == left
    assert not runs(left)


@pytest.mark.parametrize("content", ["", "nonsense", "1\n/elsewhere\n", "999999999\n"])
def test_a_stale_pid_file_is_no_hindrance(tmp_path: Path, content: str) -> None:
    with start_embedded(tmp_path / "data"):
        pass
    (tmp_path / "data/postmaster.pid").write_text(content)
    with start_embedded(tmp_path / "data") as server:
        assert ask(server, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["x" * 120, "with blank, comma and ü"])
def test_a_path_that_no_socket_can_have(tmp_path: Path, name: str) -> None:
    with start_embedded(tmp_path / name / "data") as server:
        assert ask(server, "SELECT 1") == 1
        assert server.socket_folder != str(server.folder)
    assert not Path(server.socket_folder).exists()


def test_a_start_that_was_killed_in_the_middle_is_made_good(tmp_path: Path) -> None:
    (tmp_path / "data.new").mkdir()
    (tmp_path / "data.new/PG_VERSION").write_text("18\n")
    with start_embedded(tmp_path / "data") as server:
        assert ask(server, "SELECT 1") == 1


def test_a_file_where_the_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(DatabaseError, match="not-a-folder"), start_embedded(tmp_path / "data" / "postgres"):
        pass


def test_data_of_another_version(tmp_path: Path) -> None:
    with start_embedded(tmp_path / "data"):
        pass
    (tmp_path / "data/PG_VERSION").write_text("17\n")
    with pytest.raises(DatabaseError, match=r"other-major-version.*move"), start_embedded(tmp_path / "data"):
        pass


@pytest.mark.parametrize(
    ("number", "code"), [(errno.ENOSPC, "disk-full"), (errno.EACCES, "not-writable"), (errno.EROFS, "not-writable")]
)
def test_a_disk_that_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(DatabaseError, match=code), start_embedded(tmp_path / "data"):
        pass


def test_what_initdb_says_of_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said = subprocess.CompletedProcess([], 1, "initdb: error: could not write: No space left on device\n")
    monkeypatch.setattr(embedded, "_run", lambda *_: said)
    with pytest.raises(DatabaseError, match="disk-full"), start_embedded(tmp_path / "data"):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_it_runs_for_a_user_without_rights(tmp_path: Path) -> None:
    nobody = account.server_account()
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, nobody.uid, nobody.gid)
    account.open_the_way(
        nobody, home, Path(sys.executable), Path(sys.base_prefix, "bin", "python3"), embedded.binary("postgres")
    )
    script = (
        "import os, sys; os.environ['HOME'] = sys.argv[1]\n"
        "from pathlib import Path; from backend_architect.postgres import start_embedded\n"
        "with start_embedded(Path(sys.argv[1], 'data')) as server: print(server.pid)"
    )
    command = [sys.executable, "-c", script, str(home)]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        user=nobody.uid,
        group=nobody.gid,
        extra_groups=[],
        cwd="/",
        check=False,
    )
    assert done.returncode == 0, done.stderr
