"""Each route and each statement stands for one thing."""

import re
from collections.abc import Iterator
from itertools import combinations

from backend_architect.design.check.plurals import RESERVED_ROUTES
from backend_architect.design.load import LoadedDesign
from backend_architect.design.routes import Route, routes_of
from backend_architect.errors import Problem


def check_routes(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `duplicate-route`, `shadowed-route`, `duplicate-statement` and `reserved-plural` over all routes."""
    by_route: dict[tuple[str, str], str] = {}
    by_statement: dict[str, str] = {}
    routes = routes_of(loaded.design)
    for route in routes:
        path, shape = _path_of(loaded, route), _shape(route)
        other = by_route.setdefault((route.method, shape), path)
        if other != path:
            message = f"{route.method} {route.path} is the route of `{other}` already"
            yield loaded.problem("duplicate-route", path, message, "rename one of them")
        for statement in _statements(route):
            twin = by_statement.setdefault(statement, path)
            if twin not in (path, other):
                message = f"the statement would be called `{statement}`, as that of `{twin}`"
                yield loaded.problem("duplicate-statement", path, message, _rename(route))
        yield from _reserved(loaded, route, path)
    yield from _functions(loaded, routes)
    yield from _shadowed(loaded, routes)


def _statements(route: Route) -> list[str]:
    """Return the names of a route's statement, and of those for each choice of filters."""
    filters = route.list.filters if route.list else ()
    groups = [group for size in range(1, len(filters) + 1) for group in combinations(filters, size)]
    if route.action:
        return [route.statement, f"{route.statement}_lock"]
    return [route.statement, *(f"{route.statement}_by_{'_and_'.join(group)}" for group in groups)]


def _rename(route: Route) -> str:
    if route.custom:
        return f"rename its file to `app/{route.slice}/do_{route.name}.py`"
    is_plain = route.list is not None and " of " not in route.list.name
    return f"rename the list to `{route.slice}_{route.name}`" if is_plain else "rename one of them"


def _functions(loaded: LoadedDesign, routes: tuple[Route, ...]) -> Iterator[Problem]:
    """Yield lists whose function would be called as that of an action or a hand-written use case."""
    written = {
        (route.slice, f"{route.name}_{route.row.name}"): route for route in routes if route.custom or route.action
    }
    for route in routes:
        other = written.get((route.slice, route.name)) if route.list else None
        if other:
            message = f"the function would be called `{route.name}`, as that of `{_path_of(loaded, other)}`"
            yield loaded.problem("duplicate-statement", _path_of(loaded, route), message, "rename one of them")


def _path_of(loaded: LoadedDesign, route: Route) -> str:
    if route.list:
        return f"lists.{route.list.name}"
    if route.action:
        return f"entities.{route.row.name}.actions.{route.name}"
    if route.custom:
        return f"custom.{loaded.design.custom.index(route.custom)}.route"
    action = {"put_edge": "create", "delete_edge": "delete"}.get(route.kind, route.kind)
    group = "edges" if route.kind.endswith("_edge") else "entities"
    return f"{group}.{route.row.name}.allow.{action}"


def _shape(route: Route) -> str:
    return re.sub(r"\{[^}]*\}", "{}", route.path)


def _reserved(loaded: LoadedDesign, route: Route, path: str) -> Iterator[Problem]:
    first = route.path.split("/")[1].replace("-", "_")
    if route.list and first in RESERVED_ROUTES:
        message = f"/{first} is a route of the project itself"
        yield loaded.problem("reserved-plural", path, message, f"rename the list to `{route.slice}_{first}`")


def _shadowed(loaded: LoadedDesign, routes: tuple[Route, ...]) -> Iterator[Problem]:
    """Yield hand-written routes that a route with an id in the same place would answer first."""
    for route in routes:
        if route.custom is None:
            continue
        for other in routes:
            if (
                other.method == route.method
                and _shape(other) != _shape(route)
                and _covers(_shape(other), _shape(route))
            ):
                path = _path_of(loaded, route)
                message = f"{other.method} {other.path} answers this route first"
                yield loaded.problem("shadowed-route", path, message, "use another path, such as a further segment")


def _covers(wide: str, narrow: str) -> bool:
    pairs = list(zip(wide.split("/"), narrow.split("/"), strict=False))
    return wide.count("/") == narrow.count("/") and all(a == b or (a == "{}" and b != "{}") for a, b in pairs)
