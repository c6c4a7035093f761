"""A migration → a framework's files."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from backend_architect import __version__
from backend_architect.errors import DatabaseError, Problem
from backend_architect.tune.frameworks.alembic import render_alembic
from backend_architect.tune.frameworks.django import render_django
from backend_architect.tune.frameworks.model import FRAMEWORKS, Framework, Stamp, Unit
from backend_architect.tune.frameworks.prisma import render_prisma
from backend_architect.tune.frameworks.rails import render_rails
from backend_architect.tune.frameworks.units import units_of
from backend_architect.tune.frameworks.versions import FORM
from backend_architect.tune.migration.model import Migration

RENDERERS: Mapping[Framework, Callable[[Sequence[Unit], Path, Stamp], dict[Path, str]]] = {
    Framework.DJANGO: render_django,
    Framework.RAILS: render_rails,
    Framework.ALEMBIC: render_alembic,
    Framework.PRISMA: render_prisma,
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """Files by path, of `made` units; `units` counts also those that the folder had already."""

    files: Mapping[Path, str]
    units: int
    made: int


def render_as(framework: Framework, migration: Migration, folder: Path, when: datetime) -> Rendered:
    """Return the files of a framework's migrations in its folder; what is in it already is not made again."""
    head = f"Written by backend-architect {__version__} on {when:%Y-%m-%d} for database {migration.database}."
    units = units_of(migration)
    files = RENDERERS[framework](units, folder, Stamp(head, when.strftime(FORM)))
    made = sum(any(unit.digest in str(path) for path in files) for unit in units)
    return Rendered(files, len(units), made)


def find_folder(framework: Framework, given: Path | None, here: Path) -> Path:
    """Return the folder of a framework's migrations: as given, or where they usually are below `here`.

    Raises DatabaseError where there is none.
    """
    name, usual = FRAMEWORKS[framework]
    found = given or next((here / each for each in usual if (here / each).is_dir()), None)
    if found is None and framework is Framework.DJANGO and next(here.glob("*/migrations/__init__.py"), None):
        found = here
    if found is None or not found.is_dir():
        where = f"{given} is no folder" if given else f"no migrations of {name} are below {here}"
        fix = f"name the folder of {name}'s migrations: --as {framework.value} --migration FOLDER"
        raise DatabaseError(Problem("no-migrations-folder", where, fix))
    return found
