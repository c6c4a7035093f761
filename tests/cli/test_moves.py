"""Files that get another place in a later version: edits go with them, and the team's own modules go on working."""

from pathlib import Path

import pytest

from backend_architect.cli.writing import Fate, FileChange, carry_out, disk, plan_writing

LINES = "".join(f"VALUE_{n} = {n}\n" for n in range(1, 21))
BEFORE = {
    "app/errors.py": f'"""Errors."""\n\nfrom app.settings import X\n\n{LINES}',
    "app/settings.py": "X = 1\n",
    "app/posts/routes.py": f"from app.errors import VALUE_1\nfrom app.posts import queries\n\n{LINES}",
}
NOW = {
    "app/core/errors.py": f'"""Errors."""\n\nfrom app.core.settings import X\n\n{LINES.replace("= 20", "= 200")}',
    "app/core/settings.py": "X = 1\n",
    "app/posts/routes.py": BEFORE["app/posts/routes.py"].replace("app.errors", "app.core.errors"),
}


def build(folder: Path, files: dict[str, str]) -> dict[str, Fate]:
    changes = plan_writing(files, folder)
    carry_out(changes, folder)
    return fates(changes)


def fates(changes: tuple[FileChange, ...]) -> dict[str, Fate]:
    return {change.path: change.fate for change in changes}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def files(folder: Path) -> list[str]:
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*.py"))
    return sorted(found)


def test_an_edit_goes_with_its_file(tmp_path: Path) -> None:
    build(tmp_path, BEFORE)
    edit(tmp_path / "app/errors.py", "VALUE_3 = 3", "VALUE_3 = 'mine'")
    assert build(tmp_path, NOW) == {
        "app/core/errors.py": Fate.MERGED,
        "app/core/settings.py": Fate.CREATED,
        "app/errors.py": Fate.MOVED,
        "app/posts/routes.py": Fate.UPDATED,
        "app/settings.py": Fate.MOVED,
    }
    assert files(tmp_path) == ["app/core/errors.py", "app/core/settings.py", "app/posts/routes.py"]
    text = (tmp_path / "app/core/errors.py").read_text()
    assert text == NOW["app/core/errors.py"].replace("VALUE_3 = 3", "VALUE_3 = 'mine'")
    assert set(build(tmp_path, NOW).values()) == {Fate.EDITED, Fate.SAME}


def test_an_edited_file_that_stays_gets_the_new_imports(tmp_path: Path) -> None:
    build(tmp_path, BEFORE)
    edit(tmp_path / "app/posts/routes.py", "import VALUE_1\n", "import VALUE_1, VALUE_2\n")
    assert build(tmp_path, NOW)["app/posts/routes.py"] is Fate.MERGED
    assert "from app.core.errors import VALUE_1, VALUE_2\n" in (tmp_path / "app/posts/routes.py").read_text()


def test_imports_of_the_teams_own_modules_follow(tmp_path: Path) -> None:
    build(tmp_path, BEFORE)
    own = tmp_path / "app/posts/place_order.py"
    own.write_text(
        '"""Ours: app.errors is not touched here."""\nfrom app import errors, posts\n\n\n'
        "def place( ) :\n    from app.settings import X\n    return errors.VALUE_1, X, posts\n"
    )
    other = tmp_path / "tests/test_ours.py"
    other.parent.mkdir()
    other.write_text("import   os\n")
    changed = build(tmp_path, NOW)
    assert changed["app/posts/place_order.py"] is Fate.IMPORTS
    assert "tests/test_ours.py" not in changed
    assert other.read_text() == "import   os\n"
    assert own.read_text() == (
        '"""Ours: app.errors is not touched here."""\nfrom app import posts\nfrom app.core import errors\n\n\n'
        "def place( ) :\n    from app.core.settings import X\n    return errors.VALUE_1, X, posts\n"
    )


def test_a_deleted_file_stays_deleted_in_its_new_place(tmp_path: Path) -> None:
    build(tmp_path, BEFORE)
    (tmp_path / "app/settings.py").unlink()
    assert build(tmp_path, NOW)["app/core/settings.py"] is Fate.DELETED
    assert files(tmp_path) == ["app/core/errors.py", "app/posts/routes.py"]


def test_a_clash_is_marked_in_the_new_place_and_nothing_is_lost(tmp_path: Path) -> None:
    build(tmp_path, BEFORE)
    edit(tmp_path / "app/errors.py", "VALUE_20 = 20", "VALUE_20 = 'mine'")
    assert build(tmp_path, NOW)["app/core/errors.py"] is Fate.CONFLICT
    text = (tmp_path / "app/core/errors.py").read_text()
    assert "'mine'" in text
    assert "= 200" in text
    assert "<<<<<<<" in text


def test_what_stands_in_the_new_place_already_is_not_written_over(tmp_path: Path) -> None:
    build(tmp_path, BEFORE)
    (tmp_path / "app/core").mkdir()
    (tmp_path / "app/core/errors.py").write_text("OURS = 1\n")
    edit(tmp_path / "app/errors.py", "VALUE_3 = 3", "VALUE_3 = 'mine'")
    changed = build(tmp_path, NOW)
    assert (changed["app/core/errors.py"], changed["app/errors.py"]) == (Fate.FOREIGN, Fate.IMPORTS)
    assert (tmp_path / "app/core/errors.py").read_text() == "OURS = 1\n"
    assert "'mine'" in (tmp_path / "app/errors.py").read_text()


def test_a_move_that_was_killed_loses_no_edit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    build(tmp_path, BEFORE)
    edit(tmp_path / "app/errors.py", "VALUE_3 = 3", "VALUE_3 = 'mine'")
    write, written = disk._write, []

    def killed(folder: Path, change: FileChange) -> None:
        if len(written) == 1:
            raise KeyboardInterrupt
        written.append(change.path)
        write(folder, change)

    for _ in range(6):
        monkeypatch.setattr(disk, "_write", killed)
        written.clear()
        try:
            build(tmp_path, NOW)
        except KeyboardInterrupt:
            texts = [path.read_text() for path in (tmp_path / "app").rglob("errors.py")]
            assert any("'mine'" in text for text in texts)
    monkeypatch.setattr(disk, "_write", write)
    build(tmp_path, NOW)
    assert "'mine'" in (tmp_path / "app/core/errors.py").read_text()
