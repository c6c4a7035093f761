"""What the project's application says of itself: its routes, and its OpenAPI document, made by its own interpreter.

In production nobody can ask for the document; it is made here without a server and without a database.
"""

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from backend_architect.errors import FolderError, Problem
from backend_architect.running import RunEnvironment

SCRIPT = """
import json
from app.main import create_app

def walk(routes):
    for route in routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from walk(inner.routes)
        elif getattr(route, "methods", None):
            yield from ([method, route.path] for method in route.methods)

app = create_app()
print(json.dumps({"routes": sorted(walk(app.routes)), "openapi": app.openapi()}))
"""
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Application:
    """The routes as (method, path), without those that FastAPI answers for its own pages, and the OpenAPI document."""

    routes: frozenset[tuple[str, str]]
    document: dict[str, Any]


def read_application(place: RunEnvironment) -> Application:
    """Return what `create_app()` says; raise FolderError where it cannot be made."""
    command = [str(place.python), "-c", SCRIPT]
    done = subprocess.run(
        command, cwd=place.folder, env=place.environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()[-3:]
        fix = "app/main.py needs a create_app() that works without a running database"
        raise FolderError(Problem("no-application", "\n".join(["the application cannot be made:", *said]), fix))
    described = json.loads(done.stdout.splitlines()[-1])
    return Application(frozenset((method, path) for method, path in described["routes"]), described["openapi"])
