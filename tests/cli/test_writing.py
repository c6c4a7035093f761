"""A project written into a folder that a team edits: nothing of theirs is lost, whatever happens."""

import errno
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest

from backend_architect.cli.writing import Choices, Fate, FileChange, carry_out, disk, plan_writing, render_diff
from backend_architect.errors import FolderError

LINES = "".join(f"line {n}\n" for n in range(1, 21))


def build(folder: Path, files: Mapping[str, str], **choices: bool) -> dict[str, Fate]:
    """Build, and return what happened to each file."""
    changes = plan_writing(files, folder, choices=Choices(**choices))
    carry_out(changes, folder)
    return fates(changes)


def fates(changes: tuple[FileChange, ...]) -> dict[str, Fate]:
    return {change.path: change.fate for change in changes}


def edit(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text().replace(old, new))


def test_a_new_folder_gets_every_file(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "shop"
    assert build(folder, {"app/main.py": "x = 1\n", "bin/run": "#!/bin/sh\n"}) == {
        "app/main.py": Fate.CREATED,
        "bin/run": Fate.CREATED,
    }
    assert (folder / "app/main.py").read_text() == "x = 1\n"
    assert os.access(folder / "bin/run", os.X_OK)
    assert not os.access(folder / "app/main.py", os.X_OK)


@pytest.mark.parametrize(
    ("yours", "now", "merged"),
    [
        ("a\nB\nc\n", "a\nnew\nb\nc\n", "a\nnew\nB\nc\n"),
        ("a\nB\nc\n", "a\nb\nnew\nc\n", "a\nB\nnew\nc\n"),
        ("a\nmine\nb\nc\n", "a\nB\nc\n", "a\nmine\nB\nc\n"),
        ("a\nc\n", "a\nnew\nb\nc\n", "a\nnew\nc\n"),
    ],
)
def test_lines_beside_a_changed_one_do_not_clash(tmp_path: Path, yours: str, now: str, merged: str) -> None:
    build(tmp_path, {"a.txt": "a\nb\nc\n"})
    (tmp_path / "a.txt").write_text(yours)
    assert build(tmp_path, {"a.txt": now}) == {"a.txt": Fate.MERGED}
    assert (tmp_path / "a.txt").read_text() == merged


@pytest.mark.parametrize(("yours", "now"), [("a\nB\nc\n", "a\nX\nc\n"), ("a\nb\nmine\nc\n", "a\nb\nnew\nc\n")])
def test_both_sides_at_one_place_clash(tmp_path: Path, yours: str, now: str) -> None:
    build(tmp_path, {"a.txt": "a\nb\nc\n"})
    (tmp_path / "a.txt").write_text(yours)
    assert build(tmp_path, {"a.txt": now}) == {"a.txt": Fate.CONFLICT}


def test_a_new_migration_comes_after_those_of_the_team(tmp_path: Path) -> None:
    first = {"migrations/0001_first.sql": "1\n"}
    build(tmp_path, first)
    (tmp_path / "migrations/0002_own.sql").write_text("own\n")
    more = {**first, "migrations/0002_second.sql": "2\n", "migrations/0003_third.sql": "3\n"}
    new = {"migrations/0003_second.sql": Fate.CREATED, "migrations/0004_third.sql": Fate.CREATED}
    assert build(tmp_path, more) == {"migrations/0001_first.sql": Fate.SAME, **new}
    assert set(build(tmp_path, more).values()) == {Fate.SAME}
    assert len(list((tmp_path / "migrations").iterdir())) == 4


def test_building_again_changes_nothing(tmp_path: Path) -> None:
    build(tmp_path, {"a.py": "1\n"})
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert build(tmp_path, {"a.py": "1\n"}) == {"a.py": Fate.SAME}
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_folder_with_other_files_is_refused(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    with pytest.raises(FolderError, match=r"folder-not-empty.*thesis.txt.*--force"):
        build(tmp_path, {"a.py": "1\n"})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["thesis.txt"]


def test_force_builds_beside_other_files_and_keeps_them(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / "thesis.txt").write_text("mine")
    assert build(tmp_path, {"README.md": "ours\n", "a.py": "1\n"}, force=True) == {
        "README.md": Fate.FOREIGN,
        "a.py": Fate.CREATED,
    }
    assert (tmp_path / "README.md").read_text() == "mine"
    assert build(tmp_path, {"README.md": "ours 2\n", "a.py": "1\n"})["README.md"] is Fate.FOREIGN
    assert (tmp_path / "README.md").read_text() == "mine"


def test_the_design_and_git_are_no_other_files(tmp_path: Path) -> None:
    design = tmp_path / "backend.yaml"
    design.write_text("design: 1\n")
    (tmp_path / ".git").mkdir()
    changes = plan_writing({"backend.yaml": "other\n", "a.py": "1\n"}, tmp_path, design=design)
    assert fates(changes) == {"a.py": Fate.CREATED}


def test_edits_and_new_text_are_merged(tmp_path: Path) -> None:
    build(tmp_path, {"a.txt": LINES})
    edit(tmp_path / "a.txt", "line 2\n", "line 2, by hand\n")
    assert build(tmp_path, {"a.txt": LINES.replace("line 18", "line eighteen")}) == {"a.txt": Fate.MERGED}
    assert (tmp_path / "a.txt").read_text() == LINES.replace("line 2\n", "line 2, by hand\n").replace(
        "line 18", "line eighteen"
    )


def test_an_edit_stays_when_nothing_new_is_generated(tmp_path: Path) -> None:
    build(tmp_path, {"a.txt": LINES})
    (tmp_path / "a.txt").write_text("all mine\n")
    assert build(tmp_path, {"a.txt": LINES}) == {"a.txt": Fate.EDITED}
    assert (tmp_path / "a.txt").read_text() == "all mine\n"


def test_an_unedited_file_is_generated_anew_and_keeps_its_mode(tmp_path: Path) -> None:
    build(tmp_path, {"a.txt": LINES})
    (tmp_path / "a.txt").chmod(0o750)
    assert build(tmp_path, {"a.txt": "new\n"}) == {"a.txt": Fate.UPDATED}
    assert (tmp_path / "a.txt").read_text() == "new\n"
    assert (tmp_path / "a.txt").stat().st_mode & 0o777 == 0o750


def test_a_conflict_is_marked_and_waits_for_a_person(tmp_path: Path) -> None:
    build(tmp_path, {"a.txt": LINES})
    edit(tmp_path / "a.txt", "line 5\n", "mine\n")
    theirs = LINES.replace("line 5\n", "new\n")
    assert build(tmp_path, {"a.txt": theirs}) == {"a.txt": Fate.CONFLICT}
    text = (tmp_path / "a.txt").read_text()
    assert "<<<<<<< yours\nmine\n" in text
    assert "new\n>>>>>>> generated now\n" in text
    assert build(tmp_path, {"a.txt": theirs}) == {"a.txt": Fate.UNRESOLVED}
    assert (tmp_path / "a.txt").read_text() == text
    (tmp_path / "a.txt").write_text(theirs.replace("new\n", "mine and new\n"))
    assert build(tmp_path, {"a.txt": theirs}) == {"a.txt": Fate.EDITED}


def test_a_deleted_file_stays_deleted_until_restored(tmp_path: Path) -> None:
    build(tmp_path, {"a.txt": "1\n"})
    (tmp_path / "a.txt").unlink()
    assert build(tmp_path, {"a.txt": "2\n"}) == {"a.txt": Fate.DELETED}
    assert build(tmp_path, {"a.txt": "3\n"}) == {"a.txt": Fate.DELETED}
    assert not (tmp_path / "a.txt").exists()
    assert build(tmp_path, {"a.txt": "3\n"}, restore=True) == {"a.txt": Fate.CREATED}
    assert (tmp_path / "a.txt").read_text() == "3\n"


def test_what_is_no_longer_generated_goes_only_with_prune_and_unedited(tmp_path: Path) -> None:
    build(tmp_path, {"old/a.txt": "1\n", "old/b.txt": "1\n", "c.txt": "1\n"})
    edit(tmp_path / "old/b.txt", "1", "mine")
    assert build(tmp_path, {"c.txt": "1\n"})["old/a.txt"] is Fate.OBSOLETE
    assert (tmp_path / "old/a.txt").exists()
    pruned = build(tmp_path, {"c.txt": "1\n"}, prune=True)
    assert pruned["old/a.txt"] is Fate.REMOVED
    assert pruned["old/b.txt"] is Fate.OBSOLETE
    assert not (tmp_path / "old/a.txt").exists()
    assert (tmp_path / "old/b.txt").read_text() == "mine\n"


def test_a_migration_that_exists_is_never_rewritten_and_its_difference_drafted_once(tmp_path: Path) -> None:
    first, draft = "migrations/0001_schema.sql", "migrations/0003_change_a.sql"
    build(tmp_path, {first: "create table a (x int);\n"})
    (tmp_path / "migrations/0002_mine.sql").write_text("select 1;\n")
    changed = {first: "create table a (x int, y int);\n"}
    assert build(tmp_path, changed, prune=True) == {first: Fate.EDITED, draft: Fate.DRAFTED}
    assert "ADD COLUMN y integer;" in (tmp_path / draft).read_text()
    assert build(tmp_path, changed, prune=True) == {first: Fate.EDITED}
    assert build(tmp_path, {first: "-- only told\ncreate table a (x int, y int);\n"}) == {first: Fate.EDITED}
    assert build(tmp_path, {"a.py": "1\n"}, prune=True)[first] is Fate.OBSOLETE
    assert (tmp_path / first).read_text() == "create table a (x int);\n"


def test_a_draft_is_written_once_where_a_build_was_interrupted(tmp_path: Path) -> None:
    first = "migrations/0001_schema.sql"
    build(tmp_path, {first: "create table a (x int);\n"})
    memory = (tmp_path / ".architect/base.json").read_text()
    changed = {first: "create table a (x int, y int);\n"}
    build(tmp_path, changed)
    (tmp_path / ".architect/base.json").write_text(memory)
    assert build(tmp_path, changed) == {first: Fate.EDITED}
    assert len(list((tmp_path / "migrations").iterdir())) == 2


def test_a_migration_that_cannot_be_read_waits_for_a_person(tmp_path: Path) -> None:
    first = "migrations/0001_schema.sql"
    build(tmp_path, {first: "no sql\n"})
    for _ in range(2):
        assert build(tmp_path, {first: "select 1;\n"}) == {first: Fate.MIGRATION}


def test_windows_line_ends_stay(tmp_path: Path) -> None:
    build(tmp_path, {"a.txt": LINES, "b.txt": LINES})
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_bytes(LINES.replace("\n", "\r\n").encode())
    edited = LINES.replace("line 2\n", "mine\n").replace("\n", "\r\n")
    (tmp_path / "b.txt").write_bytes(edited.encode())
    new = LINES.replace("line 18", "line eighteen")
    assert build(tmp_path, {"a.txt": new, "b.txt": new}) == {"a.txt": Fate.UPDATED, "b.txt": Fate.MERGED}
    assert (tmp_path / "a.txt").read_bytes() == new.replace("\n", "\r\n").encode()
    assert (tmp_path / "b.txt").read_bytes() == edited.replace("line 18", "line eighteen").encode()


def test_a_file_that_became_binary_is_not_touched(tmp_path: Path) -> None:
    build(tmp_path, {"a.txt": LINES})
    (tmp_path / "a.txt").write_bytes(b"\xff\x00\x01")
    assert build(tmp_path, {"a.txt": "new\n"}) == {"a.txt": Fate.BINARY}
    assert (tmp_path / "a.txt").read_bytes() == b"\xff\x00\x01"


@pytest.mark.parametrize(
    "path",
    ["../a", "/etc/a", "a/../../b", ".git/hooks/x", ".architect/base.json", "a\\b", "c:x", "a//b", "./a", "a\nb", ""],
)
def test_paths_never_leave_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(FolderError, match="unsafe-path"):
        build(tmp_path / "inner", {path: "x\n"})
    assert not [found for found in tmp_path.rglob("*") if found.is_file()]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_links_that_lead_outside_are_refused(tmp_path: Path, kind: str) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "a.txt").write_text("not yours")
    folder = tmp_path / "project"
    build(folder, {"x/a.txt": "1\n"})
    (folder / "x/a.txt").unlink()
    if kind == "file":
        (folder / "x/a.txt").symlink_to(outside / "a.txt")
    else:
        (folder / "x").rmdir()
        (folder / "x").symlink_to(outside)
    with pytest.raises(FolderError, match="link-outside"):
        build(folder, {"x/a.txt": "2\n"})
    assert (outside / "a.txt").read_text() == "not yours"


def test_a_link_inside_the_folder_is_written_through(tmp_path: Path) -> None:
    build(tmp_path, {"a.txt": "1\n"})
    (tmp_path / "a.txt").rename(tmp_path / "real.txt")
    (tmp_path / "a.txt").symlink_to("real.txt")
    assert build(tmp_path, {"a.txt": "2\n"}) == {"a.txt": Fate.UPDATED}
    assert (tmp_path / "a.txt").is_symlink()
    assert (tmp_path / "real.txt").read_text() == "2\n"


def test_what_stands_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").write_text("")
    with pytest.raises(FolderError, match="folder-in-the-way"):
        build(tmp_path, {"a": "1\n"}, force=True)
    with pytest.raises(FolderError, match="file-in-the-way"):
        build(tmp_path, {"b/c": "1\n"}, force=True)


def test_a_dry_run_is_a_diff_that_git_applies(tmp_path: Path) -> None:
    files = {"a.txt": LINES, "b.txt": "no newline", "d.txt": "gone\n"}
    build(tmp_path, files)
    new = {"a.txt": LINES.replace("line 3", "three"), "b.txt": "no newline\nat the end", "new/c.txt": "new\n"}
    changes = plan_writing(new, tmp_path, choices=Choices(prune=True))
    diff = render_diff(changes)
    assert (tmp_path / "a.txt").read_text() == LINES
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff.encode(), check=True)
    assert {path: (tmp_path / path).read_text() for path in new} == new
    assert not (tmp_path / "d.txt").exists()


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, {"a.txt": "1\n", "b.txt": "1\n"})
    edit(tmp_path / "b.txt", "1", "mine")
    real = os.fdopen

    def full(descriptor: int, mode: str) -> object:
        if (tmp_path / ".architect/pending.json").exists():
            os.close(descriptor)
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "a.txt")
        return real(descriptor, mode)

    monkeypatch.setattr(disk.os, "fdopen", full)
    with pytest.raises(FolderError, match="disk-full"):
        build(tmp_path, {"a.txt": "2\n", "b.txt": "1\n"})
    monkeypatch.undo()
    assert (tmp_path / "a.txt").read_text() == "1\n"
    assert (tmp_path / "b.txt").read_text() == "mine\n"
    assert not list(tmp_path.rglob("*.new"))
    assert build(tmp_path, {"a.txt": "2\n", "b.txt": "1\n"}) == {"a.txt": Fate.UPDATED, "b.txt": Fate.EDITED}


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(FolderError, match=r"file"):
        build(tmp_path / "file" / "shop", {"a.txt": "1\n"})


def test_a_memory_with_conflict_markers_is_told(tmp_path: Path) -> None:
    build(tmp_path, {"a.txt": "1\n"})
    (tmp_path / ".architect/base.json").write_text("<<<<<<< HEAD\n{}")
    with pytest.raises(FolderError, match=r"memory-unreadable.*git checkout"):
        build(tmp_path, {"a.txt": "1\n"})


KILLED = """
    import os, signal, sys
    from pathlib import Path
    from backend_architect.cli.writing import carry_out, disk, plan_writing
    folder, new = Path(sys.argv[1]), {f"f{n}.txt": "".join(f"line {i} of 2\\n" for i in range(20)) for n in range(10)}
    written, real = [], disk._replace
    def replace(path, content, **options):
        real(path, content, **options)
        written.append(path)
        if len(written) == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)
    disk._replace = replace
    carry_out(plan_writing(new, folder), folder)
"""


@pytest.mark.parametrize("after", [1, 2, 3, 7, 12, 13])
def test_a_build_that_was_killed_is_completed_by_the_next(tmp_path: Path, after: int) -> None:
    old = {f"f{n}.txt": "".join(f"line {i} of 1\n" for i in range(20)) for n in range(10)}
    new = {f"f{n}.txt": "".join(f"line {i} of 2\n" for i in range(20)) for n in range(10)}
    build(tmp_path, old)
    with (tmp_path / "f0.txt").open("a") as file:
        file.write("mine, at the end\n")
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), str(after)], check=False)
    assert done.returncode == -signal.SIGKILL
    fates_after = build(tmp_path, new)
    assert Fate.CONFLICT not in {fate for path, fate in fates_after.items() if path != "f0.txt"}
    assert {path: (tmp_path / path).read_text() for path in new if path != "f0.txt"} == {
        path: text for path, text in new.items() if path != "f0.txt"
    }
    assert "mine, at the end\n" in (tmp_path / "f0.txt").read_text()
    assert not (tmp_path / ".architect/pending.json").exists()
    assert set(build(tmp_path, new).values()) <= {Fate.SAME, Fate.EDITED, Fate.UNRESOLVED}


def test_a_first_build_that_was_killed_is_completed_without_force(tmp_path: Path) -> None:
    new = {f"f{n}.txt": "".join(f"line {i} of 2\n" for i in range(20)) for n in range(10)}
    subprocess.run([sys.executable, "-c", textwrap.dedent(KILLED), str(tmp_path), "6"], check=False)
    assert 0 < len(list(tmp_path.glob("f*.txt"))) < 10
    build(tmp_path, new)
    assert {path.name for path in tmp_path.glob("f*.txt")} == set(new)
