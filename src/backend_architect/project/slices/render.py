"""Every slice of a project, as text by path."""

from backend_architect.design.model import Custom, Edge, Entity, Event
from backend_architect.design.names import words
from backend_architect.design.python_names import class_name, variable
from backend_architect.design.routes import nested_under
from backend_architect.project.slices.access import render_access
from backend_architect.project.slices.imports import SCHEMAS
from backend_architect.project.slices.inputs import creation_line
from backend_architect.project.slices.own_types import with_own_types
from backend_architect.project.slices.queries import render_edge_queries, render_entity_queries
from backend_architect.project.slices.routes import render_routes
from backend_architect.project.slices.schemas import render_schemas
from backend_architect.queries.model import Queries, Query
from backend_architect.queries.resolved import ResolvedDesign


def render_slices(resolved: ResolvedDesign, queries: Queries) -> dict[str, str]:
    """Return the files of every slice; an edge without routes has none."""
    files: dict[str, str] = {}
    for plural, row in resolved.design.rows_by_plural.items():
        found = queries.by_slice[plural]
        if isinstance(row, Entity):
            files |= _entity_files(resolved, row, queries, found)
        elif found:
            files |= _edge_files(resolved, row, found)
    for event in resolved.design.events:
        files[f"app/{event.plural}/{event.run}.py"] = _event_module(resolved, event)
    return files


def _entity_files(
    resolved: ResolvedDesign, entity: Entity, queries: Queries, found: tuple[Query, ...]
) -> dict[str, str]:
    folder = f"app/{entity.plural}"
    shape = queries.shapes[entity.name]
    parent = nested_under(resolved.design, entity)
    files = {f"{folder}/__init__.py": f'"""{words(entity.plural).capitalize()}."""\n'}
    if not found:
        return {}
    schemas = render_schemas(entity, shape, nested_column=parent.column if parent else None)
    files[f"{folder}/schemas.py"] = with_own_types(schemas)
    files[f"{folder}/queries.py"] = render_entity_queries(entity, shape, found)
    files[f"{folder}/routes.py"] = render_routes(resolved, entity.plural, found)
    files[f"{folder}/access.py"] = render_access(resolved, entity.plural, found)
    customs = [custom for custom in resolved.design.custom if _belongs(custom, entity)]
    return files | {custom.code: _custom_module(resolved, entity, custom) for custom in customs}


def _edge_files(resolved: ResolvedDesign, edge: Edge, found: tuple[Query, ...]) -> dict[str, str]:
    folder = f"app/{edge.plural}"
    files = {
        f"{folder}/__init__.py": f'"""{words(edge.plural).capitalize()}."""\n',
        f"{folder}/queries.py": render_edge_queries(edge, found),
        f"{folder}/routes.py": render_routes(resolved, edge.plural, found),
        f"{folder}/access.py": render_access(resolved, edge.plural, found),
    }
    if edge.extra:
        files[f"{folder}/schemas.py"] = with_own_types(_edge_schemas(edge))
    return files


def _edge_schemas(edge: Edge) -> str:
    lines = "\n    ".join(creation_line(item) for item in edge.extra.values())
    return (
        f'"""What clients send about {words(edge.plural)}."""\n{SCHEMAS}\n\n'
        f'class New{class_name(edge.name)}(Input):\n    """What a {words(edge.name)} carries."""\n\n    {lines}\n'
    )


def _belongs(custom: Custom, entity: Entity) -> bool:
    return custom.path.strip("/").split("/")[0].replace("-", "_") == entity.plural


def _custom_module(resolved: ResolvedDesign, entity: Entity, custom: Custom) -> str:
    """Return the file of a hand-written use case: it is wired and guarded, and says that it is still to be written."""
    name = custom.code.rsplit("/", 1)[-1].removesuffix(".py")
    row = class_name(entity.name)
    one = [f"{variable(entity.name)}: {row}"] if "{id}" in custom.path else []
    arguments = ["request: Request", "db: Database", *one, *(["me: Viewer"] if resolved.design.auth else [])]
    known = f"`{entity.name}` exists, and the rule `{custom.allow}` holds for it" if one else "the route checks who may"
    return (
        f'"""{custom.method} /v1{custom.path}: written by hand; building again keeps what stands here."""\n\n'
        "from fastapi import Request, Response\n\n"
        "from app.auth.viewer import Viewer\nfrom app.core.database import Database\n"
        "from app.core.errors import NotWritten\n"
        f"from app.{entity.plural}.schemas import {row}\n\n\n"
        f"async def {name}({', '.join(arguments)}) -> Response:\n"
        f'    """Answer the request; {known}."""\n'
        "    raise NotWritten\n"
    )


def _event_module(resolved: ResolvedDesign, event: Event) -> str:
    """Return the file of an event's handler: it runs, and says in the log that it is still to be written."""
    name = resolved.design.rows_by_plural[event.plural].name
    about = f"Runs in the worker after {event.plural}.{event.action}; written by hand, kept when building again."
    return (
        f'"""{about}"""\n\nimport logging\nfrom uuid import UUID\n\nfrom app.core.database import Database\n\n'
        f"log = logging.getLogger(__name__)\n\n\nasync def {event.run}(db: Database, {name}_id: UUID) -> None:\n"
        f'    """Do what {event.plural}.{event.action} leaves to the worker. It may run twice: make that harmless."""\n'
        f'    log.info("{event.run} is still to be written", extra={{"{name}_id": str({name}_id)}})\n'
    )
