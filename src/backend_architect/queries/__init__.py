"""Design and decisions → every statement that the API runs: name, SQL, parameters, result."""

from collections.abc import Callable, Mapping

from backend_architect.design.expressions import Kept
from backend_architect.design.model import Design
from backend_architect.design.routes import Route, RouteKind, routes_of
from backend_architect.queries.context import Context
from backend_architect.queries.creations import create_query
from backend_architect.queries.edges import delete_pair_query, put_query
from backend_architect.queries.lists import list_queries
from backend_architect.queries.model import Nested, Output, Param, Queries, Query, Shape
from backend_architect.queries.rows import allowed_query, delete_query, read_query
from backend_architect.queries.shape import build_shape
from backend_architect.queries.updates import update_query

__all__ = ["Nested", "Output", "Param", "Queries", "Query", "Shape", "build_queries"]

Builder = Callable[[Context, Route], Query]
BUILDERS: Mapping[RouteKind, Builder] = {
    "read": read_query,
    "create": create_query,
    "update": update_query,
    "delete": delete_query,
    "put_edge": put_query,
    "delete_edge": delete_pair_query,
    "custom": allowed_query,
}


def build_queries(design: Design, kept: Kept) -> Queries:
    """Return every statement of the API; `kept` tells which counts stand in columns."""
    context = Context(design, kept, {e.name: build_shape(design, e, kept) for e in design.entities.values()})
    by_slice: dict[str, list[Query]] = {row.plural: [] for row in design.rows_by_plural.values()}
    for route in routes_of(design):
        by_slice[route.slice] += _queries_of(context, route)
    return Queries({name: tuple(queries) for name, queries in by_slice.items()}, context.shapes)


def _queries_of(context: Context, route: Route) -> tuple[Query, ...]:
    if route.is_of_collection:
        return ()
    if route.kind == "list":
        return list_queries(context, route)
    return (BUILDERS[route.kind](context, route),)
