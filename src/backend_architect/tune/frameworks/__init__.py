"""A migration in the form of a framework's own: Django, Rails, Alembic, Prisma.

`render_as(framework, migration, folder, when)` returns the files by path; nothing is written here. Each new index gets
a migration of its own, so that an interruption leaves one of them undone, and migrating again goes on with it.
"""

from backend_architect.tune.frameworks.model import FRAMEWORKS, Framework
from backend_architect.tune.frameworks.render import Rendered, find_folder, render_as

__all__ = ["FRAMEWORKS", "Framework", "Rendered", "find_folder", "render_as"]
