"""Every route that a design asks for, in one place: the checker, the queries and the project all read this."""

from dataclasses import dataclass
from typing import Literal

from backend_architect.design.model import Action, Custom, Design, Edge, Entity, Field, ListSpec, Row, RowAction
from backend_architect.design.names import url_segment

RouteKind = Literal["read", "list", "create", "update", "delete", "put_edge", "delete_edge", "action", "custom"]
ACTION_OF: dict[str, Action] = {
    "read": "read",
    "create": "create",
    "update": "update",
    "delete": "delete",
    "put_edge": "create",
    "delete_edge": "delete",
}
"""Which rule of `allow` decides a kind of route; lists, actions and custom routes have rules of their own."""


@dataclass(frozen=True)
class Route:
    """One route. `path` starts after the version; `name` is its function, and the second half of its statement's name.

    `slice` is the plural whose folder holds it; `parent` the reference that the path fills.
    """

    kind: RouteKind
    method: str
    path: str
    slice: str
    name: str
    row: Row
    list: ListSpec | None = None
    parent: Field | None = None
    custom: Custom | None = None
    action: RowAction | None = None

    @property
    def rule(self) -> str:
        """The rule that decides who may ask, as the design writes it."""
        own = self.list or self.custom or self.action
        return own.allow if own else self.row.allow.get(ACTION_OF[self.kind], "nobody")

    @property
    def is_of_collection(self) -> bool:
        """Whether this is a hand-written use case of all rows (`POST /posts/import`), with no row to start from."""
        return self.custom is not None and "{" not in self.path

    @property
    def statement(self) -> str:
        """The name that the route's statement carries: `posts.of_user`."""
        return f"{self.slice}.{self.name}"


def routes_of(design: Design) -> tuple[Route, ...]:
    """Return all routes of the design's entities, edges, lists and custom use cases, in the order of the file."""
    routes: list[Route] = []
    for entity in design.entities.values():
        routes += _entity_routes(design, entity)
        routes += [_action_route(action, entity) for action in entity.actions.values()]
        routes += [_list_route(design, spec, entity) for spec in design.lists if spec.of == entity.name]
        routes += [_custom_route(custom, entity) for custom in design.custom if _owner(custom) == entity.plural]
    for edge in design.edges.values():
        routes += _edge_routes(design, edge)
    return tuple(routes)


def nested_under(design: Design, entity: Entity) -> Field | None:
    """Return the relation whose parent's path creates rows of `entity`: that of a list `<plural> of <parent>`."""
    for spec in design.lists:
        item = entity.fields.get(spec.by or "")
        if spec.of != entity.name or item is None or not item.is_reference or item.set is not None:
            continue
        creatable = item in entity.accepted("create")
        if creatable and not item.optional and spec.name == f"{entity.plural} of {parent_word(spec)}":
            return item
    return None


def parent_word(spec: ListSpec) -> str:
    """Return the noun after `of` in a list's name, or an empty text."""
    return spec.name.partition(" of ")[2].strip()


def list_function(spec: ListSpec, entity: Entity) -> str:
    """Return a list's function name: `posts of user` → `of_user`, `followers of user` → `followers_of_user`."""
    name = spec.name.strip().replace(" ", "_").replace("-", "_")
    return name.removeprefix(f"{entity.plural}_") if name.startswith(f"{entity.plural}_of_") else name


def _entity_routes(design: Design, entity: Entity) -> list[Route]:
    plural = url_segment(entity.plural)
    one = f"/{plural}/{{{entity.name}_id}}"
    parent = nested_under(design, entity)
    collection = f"/{plural}"
    if parent:
        collection = f"/{_plural(design, parent)}/{{{list_parameter(parent)}}}/{plural}"
    every = {
        "read": Route("read", "GET", one, entity.plural, "read", entity),
        "create": Route("create", "POST", collection, entity.plural, "create", entity, parent=parent),
        "update": Route("update", "PATCH", one, entity.plural, "update", entity),
        "delete": Route("delete", "DELETE", one, entity.plural, "delete", entity),
    }
    account = design.account is entity
    return [route for action, route in every.items() if action in entity.allow and not (account and action == "create")]


def _list_route(design: Design, spec: ListSpec, entity: Entity) -> Route:
    item = _list_parent(design, spec, entity)
    path = f"/{url_segment(spec.name)}"
    if item is not None:
        head = spec.name.partition(" of ")[0].strip() or entity.plural
        path = f"/{_plural(design, item)}/{{{list_parameter(item)}}}/{url_segment(head)}"
    return Route("list", "GET", path, entity.plural, list_function(spec, entity), entity, list=spec, parent=item)


def list_parameter(item: Field) -> str:
    """Return the path parameter that names a list's parent: the parent entity's own id."""
    return f"{item.to}_id"


def _list_parent(design: Design, spec: ListSpec, entity: Entity) -> Field | None:
    if spec.through:
        edge = design.rows_by_plural.get(spec.through[0])
        return edge.fields.get(spec.through[1]) if isinstance(edge, Edge) else None
    return entity.fields.get(spec.by) if spec.by else None


def _action_route(action: RowAction, entity: Entity) -> Route:
    path = f"/{url_segment(entity.plural)}/{{{entity.name}_id}}/{url_segment(action.name)}"
    return Route("action", "POST", path, entity.plural, action.name, entity, action=action)


def _owner(custom: Custom) -> str:
    return custom.path.strip("/").split("/")[0].replace("-", "_")


def _custom_route(custom: Custom, entity: Entity) -> Route:
    name = custom.code.rsplit("/", 1)[-1].removesuffix(".py")
    path = custom.path.replace("{id}", f"{{{entity.name}_id}}")
    return Route("custom", custom.method, path, entity.plural, name, entity, custom=custom)


def _edge_routes(design: Design, edge: Edge) -> list[Route]:
    first, second = edge.pair
    if edge.mine:
        side = edge.other(edge.mine)
        path = f"/{_plural(design, side)}/{{{side.to}_id}}/{url_segment(edge.name)}"
    else:
        path = f"/{_plural(design, first)}/{{{first.column}}}/{_plural(design, second)}/{{{second.column}}}"
    put = Route("put_edge", "PUT", path, edge.plural, "put", edge)
    delete = Route("delete_edge", "DELETE", path, edge.plural, "delete", edge)
    return [route for action, route in (("create", put), ("delete", delete)) if action in edge.allow]


def _plural(design: Design, item: Field) -> str:
    entity = design.entities.get(item.to or "")
    return url_segment(entity.plural) if entity else str(item.to)
