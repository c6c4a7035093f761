"""A design has something in it, and not more than can be built and read."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.reading_result import did_you_mean
from backend_architect.errors import Problem

MAX_ROWS = 500


def check_size(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `no-entities`, `too-many-entities`, `no-users`, and `unknown-name` in `load.rows`."""
    design = loaded.design
    if not design.entities:
        fix = "name the first thing that is stored: entities: {post: {fields: {title: text}}}"
        yield loaded.problem("no-entities", "entities", "the design stores nothing", fix)
    count = len(design.entities) + len(design.edges)
    if count > MAX_ROWS:
        message = f"{count} entities and edges are more than one backend of {MAX_ROWS} can hold"
        yield loaded.problem("too-many-entities", "entities", message, "split it into separate backends")
    if design.load.users < 1:
        yield loaded.problem("no-users", "load.users", "a backend has at least one user", "write e.g. users: 10k")
    for plural in design.load.rows:
        if plural not in design.rows_by_plural:
            fix = did_you_mean(plural, tuple(design.rows_by_plural))
            message = f"`{plural}` is no plural of an entity or edge"
            yield loaded.problem("unknown-name", f"load.rows.{plural}", message, fix)
