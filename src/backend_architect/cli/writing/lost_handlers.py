"""Jobs that nobody would do: the worker's handlers that were generated last and are generated no more."""

import ast
from collections.abc import Mapping
from pathlib import Path

from backend_architect.cli.writing.memory import recall
from backend_architect.errors import Place, Problem

WORKER = "app/worker.py"


def lost_handlers(project: Mapping[str, str], folder: Path) -> tuple[Problem, ...]:
    """Return a warning for each job that had a handler in the last build, and has none in this one."""
    now = _handlers(project.get(WORKER, ""))
    return tuple(_warning(name) for name in _handlers(recall(folder).base.get(WORKER, "")) if name not in now)


def _warning(name: str) -> Problem:
    fix = f"`pgq backlog` shows how many wait; until none does, keep the event, or `{name}` in HANDLERS with its import"
    message = f"`{name}` has no handler any more: jobs of that name which wait are never done"
    return Problem("handler-gone", message, fix, Place(WORKER), "warning")


def _handlers(text: str) -> tuple[str, ...]:
    """Return the keys of the mapping `HANDLERS` in a module."""
    for line in ast.parse(text).body:
        match line:
            case ast.Assign(targets=[ast.Name("HANDLERS")], value=ast.Dict(keys=keys)):
                return tuple(key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
    return ()
