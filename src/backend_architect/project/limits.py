"""Which rate limits stand on which route of a built project."""

from backend_architect.design.model import Design, Edge, Limit
from backend_architect.design.routes import Route

EVERYTHING = Limit("everything", 300, 60)
SIGN_IN = Limit("sign_in", 5, 60, "ip")
EDGE_ACTIONS = {"put_edge": "create", "delete_edge": "delete"}


def limit_of_everything(design: Design) -> Limit:
    """Return the limit that every request counts against."""
    return next((limit for limit in design.limits if limit.target == "everything"), EVERYTHING)


def limit_of_sign_in(design: Design) -> Limit:
    """Return the limit of signing in, which has one even where the design states none."""
    return next((limit for limit in design.limits if limit.target == "sign_in"), SIGN_IN)


def limits_of(design: Design, route: Route) -> tuple[Limit, ...]:
    """Return the further limits that a design states for one route."""
    return tuple(limit for limit in design.limits if limit.target in _names(route))


def limit_source(limit: Limit) -> str:
    """Return the dependency that counts against a limit, as Python source."""
    per_ip = ", per_ip=True" if limit.per == "ip" else ""
    return f'limited("{limit.target}", {limit.count}, {limit.seconds}{per_ip})'


def _names(route: Route) -> set[str]:
    """Return what a limit may call a route: its statement, its list, or what it does to an edge."""
    names = {route.statement}
    if route.list:
        names.add(route.list.name)
    if isinstance(route.row, Edge) and route.kind in EDGE_ACTIONS:
        names.add(f"{route.row.plural}.{EDGE_ACTIONS[route.kind]}")
    return names
