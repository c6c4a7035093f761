"""What the tests of the plan proof share: each example filled once, and copies of its database for edited projects."""

import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.proof import Lab, read_subject
from backend_architect.proof.plans.judge import judge
from backend_architect.proof.plans.study import Filled, Studied, fill_database, name_in, study
from backend_architect.proof.plans.view import PlanFailure


@dataclass(frozen=True)
class Edit:
    """One careless edit of a built project: in `file`, `old` became `new`; `ddl` is what that does to the database."""

    file: str
    old: str
    new: str
    ddl: str = ""


@dataclass(frozen=True)
class Example:
    """A built project and its filled database."""

    folder: Path
    filled: Filled


Examples = Callable[[str], Example]


@pytest.fixture(scope="session")
def examples(server: EmbeddedServer, built: Callable[[str], Path]) -> Examples:
    """Return an example, built and filled once."""
    made: dict[str, Example] = {}

    def example(name: str) -> Example:
        if name not in made:
            with Lab(read_subject(built(name)), print, server) as lab:
                made[name] = Example(built(name), fill_database(lab))
        return made[name]

    return example


def failures_of(studied: Studied) -> Mapping[str, tuple[PlanFailure, ...]]:
    """Return what is wrong with each statement."""
    assert not studied.refused, studied.refused
    return {view.statement.name: judge(view) for view in studied.views}


def study_edited(server: EmbeddedServer, example: Example, folder: Path, edits: Sequence[Edit]) -> Studied:
    """Return the study of a copy of the project with all of these edits, on a copy of its filled database."""
    shutil.copytree(example.folder, folder, ignore=shutil.ignore_patterns(".data", "__pycache__"))
    for edit in edits:
        text = (folder / edit.file).read_text()
        assert text.count(edit.old) == 1, f"{edit.file} has {edit.old!r} {text.count(edit.old)} times"
        (folder / edit.file).write_text(text.replace(edit.old, edit.new))
    ddl = "; ".join(edit.ddl for edit in edits if edit.ddl)
    with _changed(server, example.filled, ddl) as filled, Lab(read_subject(folder), print, server) as lab:
        return study(lab, filled)


@contextmanager
def _changed(server: EmbeddedServer, filled: Filled, ddl: str) -> Iterator[Filled]:
    """Give the databases with a change, in copies that are dropped afterwards; the same ones where nothing changes."""
    if not ddl:
        yield filled
        return
    copies = {url: f"copied_{secrets.token_hex(6)}" for url in (filled.url, filled.empty)}
    with Session(server.url()) as admin:
        for url, copied in copies.items():
            admin.run(f'CREATE DATABASE {copied} TEMPLATE "{name_in(url)}" STRATEGY FILE_COPY')
            with Session(server.url(copied)) as session:
                session.run(ddl)
        yield replace(filled, url=server.url(copies[filled.url]), empty=server.url(copies[filled.empty]))
        for copied in copies.values():
            admin.run(f"DROP DATABASE {copied} WITH (FORCE)")
