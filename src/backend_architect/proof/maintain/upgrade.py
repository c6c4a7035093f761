"""The upgrade drill: the design changes, the project is built again, and what was edited by hand is still there.

Done on a copy; the project itself stays as it is.
"""

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from backend_architect.design.model import Design, Entity
from backend_architect.design.save import change_design
from backend_architect.design.yaml_text import Tree
from backend_architect.proof.evidence import Case, Group, Verdict, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

BUILD = "import sys; from backend_architect.cli import main; sys.exit(main())"
FIELD = "upkeep_note"
EDIT = 'KEPT_BY_HAND = "a line that somebody wrote after the project was built"\n\n\n'
FIRST_CLASS = re.compile(r"^(?:@|class )", re.MULTILINE)
CONFLICT = "<<<<<<<"
SECONDS = 120
LEFT_OUT = shutil.ignore_patterns(".data", ".venv", "__pycache__", ".git", ".mypy_cache", ".ruff_cache")


def upgrade(lab: Lab) -> Iterator[Case]:
    """Give a case for the new field, and one for the edit."""
    entity = _entity(lab.subject.design)
    if entity is None or not (lab.subject.folder / ".architect").exists():
        yield skipped("upgrade", "the project does not keep what was generated last (.architect/), or has no entity")
        return
    copy = lab.folder / "upgrade" / lab.subject.folder.name
    shutil.copytree(lab.subject.folder, copy, ignore=LEFT_OUT)
    file = copy / "app" / entity.plural / "schemas.py"
    text = file.read_text(encoding="utf-8")
    file.write_text(FIRST_CLASS.sub(lambda found: EDIT + found[0], text, count=1), encoding="utf-8")
    design = copy / "backend.yaml"
    design.write_text(change_design(design.read_text(encoding="utf-8"), _change(entity)), encoding="utf-8")
    yield from _built_again(copy, file, entity)


def _change(entity: Entity) -> dict[str | tuple[str, ...], Tree | None]:
    """Return the change of the design: one more optional field, which clients may send."""
    field: Tree = {"type": "text", "max": 40, "optional": True}
    place = f"entities.{entity.name}"
    accepted = {f"{place}.accepts.{action}.{len(names)}": FIELD for action, names in entity.accepts.items()}
    change: dict[str | tuple[str, ...], Tree | None] = {f"{place}.fields.{FIELD}": field}
    change.update(accepted)
    return change


def _entity(design: Design) -> Entity | None:
    """Return the first entity that a client can read and make, else the account."""
    fitting = [each for each in design.entities.values() if {"read", "create"} <= set(each.allow)]
    return next(iter(fitting), design.account)


def _built_again(copy: Path, file: Path, entity: Entity) -> Iterator[Case]:
    command = [sys.executable, "-c", BUILD, "build", str(copy)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)
    said = " ".join((done.stdout + done.stderr).split())[-600:]
    text = file.read_text(encoding="utf-8")
    where = f"app/{entity.plural}/schemas.py"
    yield _case(f"{entity.name}.{FIELD} is in {where}", f"    {FIELD}: str | None" in text, said)
    yield _case(f"the edit is in {where}", EDIT.strip() in text and CONFLICT not in text and _parses(text), said)


def _case(title: str, held: bool, said: str) -> Case:
    advice = "" if held else "see what architect build said"
    verdict = Verdict.HELD if held else Verdict.FAILED
    return Case(title, verdict, "yes, after architect build", said, "architect build", advice)


def _parses(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


PROBE = Probe("upgrade", Group.MAINTAIN, "a changed design is built into a project that was edited by hand", upgrade)
