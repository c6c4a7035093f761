"""Design and decisions → every statement that the API runs: name, SQL, parameters, result."""

from collections.abc import Callable, Mapping

from backend_architect.design.expressions import Kept
from backend_architect.design.model import Design
from backend_architect.design.routes import Route, RouteKind
from backend_architect.queries.actions import action_query
from backend_architect.queries.creations import create_query
from backend_architect.queries.edges import delete_pair_query, put_query
from backend_architect.queries.lists import list_queries
from backend_architect.queries.model import Judgement, Nested, Output, Param, Queries, Query, Shape
from backend_architect.queries.resolved import ResolvedDesign
from backend_architect.queries.rows import allowed_query, delete_query, read_query
from backend_architect.queries.shape import build_shape
from backend_architect.queries.updates import update_query

__all__ = [
    "Judgement",
    "Nested",
    "Output",
    "Param",
    "Queries",
    "Query",
    "ResolvedDesign",
    "Shape",
    "build_queries",
    "resolve_design",
]

Builder = Callable[[ResolvedDesign, Route], Query]
BUILDERS: Mapping[RouteKind, Builder] = {
    "read": read_query,
    "create": create_query,
    "update": update_query,
    "delete": delete_query,
    "put_edge": put_query,
    "delete_edge": delete_pair_query,
    "action": action_query,
    "custom": allowed_query,
}


def resolve_design(design: Design, kept: Kept) -> ResolvedDesign:
    """Return a design worked out for all later stages; `kept` tells which counts stand in columns."""
    return ResolvedDesign(design, kept, {e.name: build_shape(design, e, kept) for e in design.entities.values()})


def build_queries(resolved: ResolvedDesign) -> Queries:
    """Return every statement of the API."""
    by_slice: dict[str, list[Query]] = {row.plural: [] for row in resolved.design.rows_by_plural.values()}
    for route in resolved.routes:
        by_slice[route.slice] += _queries_of(resolved, route)
    return Queries({name: tuple(queries) for name, queries in by_slice.items()}, resolved.shapes)


def _queries_of(resolved: ResolvedDesign, route: Route) -> tuple[Query, ...]:
    if route.is_of_collection:
        return ()
    if route.kind == "list":
        return list_queries(resolved, route)
    return (BUILDERS[route.kind](resolved, route),)
