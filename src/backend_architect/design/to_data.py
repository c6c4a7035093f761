"""A design as plain values under the keys of the language, with the short forms and without what is default."""

from collections.abc import Mapping
from typing import Any

from backend_architect.design.language.design_file import LANGUAGE_VERSION
from backend_architect.design.language.fields import DEFAULT_MAX
from backend_architect.design.language.forms import UNIT_MS
from backend_architect.design.model import (
    Auth,
    Check,
    Computed,
    Design,
    Edge,
    Entity,
    Field,
    FieldType,
    Limit,
    ListSpec,
    Load,
    Order,
    RowAction,
)
from backend_architect.design.names import plural_of
from backend_architect.design.yaml_text import Raw, Tree, quantity_text

_TIMES = (("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1))
_PERIODS = {1: "s", 60: "minute", 3600: "hour", 86400: "day"}


def design_tree(design: Design) -> dict[str, Tree]:
    """Return the whole file as a tree."""
    tree: dict[str, Tree | None] = {
        "design": LANGUAGE_VERSION,
        "backend": design.name,
        "summary": design.summary or None,
        "assumptions": list(design.assumptions) or None,
        "clients": list(design.clients),
        "load": load_tree(design.load) if design.load != Load() else None,
        "pin": dict(design.pin) or None,
        "auth": auth_tree(design.auth) if design.auth else None,
        "limits": {limit.target: limit_text(limit) for limit in design.limits} or None,
        "entities": {name: entity_tree(entity) for name, entity in design.entities.items()},
        "edges": {name: edge_tree(edge) for name, edge in design.edges.items()} or None,
        "lists": {spec.name: list_tree(spec) for spec in design.lists} or None,
        "events": {f"{e.plural}.{e.action}": {"run": e.run, "retries": e.retries} for e in design.events} or None,
        "custom": [{"route": f"{c.method} {c.path}", "code": c.code, "allow": c.allow} for c in design.custom] or None,
        "confirm": list(design.confirmed) or None,
        "checks": [check_tree(check) for check in design.checks] or None,
    }
    return _without_none(tree)


def load_tree(load: Load) -> dict[str, Tree]:
    """Return the load with its units."""
    tree: dict[str, Tree] = {
        "users": _quantity(load.users),
        "reads": rate_text(load.reads),
        "writes": rate_text(load.writes),
        "p95": time_text(load.p95_ms),
    }
    rows = {plural: _quantity(number) for plural, number in load.rows.items()}
    return tree | ({"rows": rows} if rows else {})


def rate_text(rate: float) -> Raw:
    """Return a rate in the longest unit in which it is a whole number, else exactly a second."""
    for seconds, unit in sorted(_PERIODS.items()):
        number = round(rate * seconds)
        if number / seconds == rate:
            return Raw(f"{number:_}/{unit}" if number >= 10_000 else f"{number}/{unit}")
    return Raw(f"{quantity_text(float(rate))}/s")


def time_text(milliseconds: int) -> Raw:
    """Return a duration in the longest unit in which it is a whole number."""
    unit, size = next((unit, size) for unit, size in _TIMES if milliseconds % size == 0)
    return Raw(f"{milliseconds // size}{unit}")


def auth_tree(auth: Auth) -> dict[str, Tree]:
    """Return how people sign in."""
    return _without_none(
        {
            "account": auth.account,
            "sign_in": list(auth.sign_in),
            "roles": list(auth.roles) or None,
            "unconfirmed": auth.unconfirmed,
        }
    )


def limit_text(limit: Limit) -> Raw:
    """Return a limit: `5/minute per ip`."""
    per = f" per {limit.per}" if limit.per else ""
    return Raw(f"{quantity_text(limit.count)}/{_PERIODS[limit.seconds]}{per}")


def field_tree(item: Field) -> Tree:
    """Return a field; its type alone where that says all."""
    tree = _without_none(
        {
            **_head(item),
            "min": None if item.min is None else _quantity(item.min),
            "max": None if item.max in {None, DEFAULT_MAX.get(item.type)} else _quantity(item.max or 0),
            "scale": item.scale if item.scale != Field("", FieldType.DECIMAL).scale else None,
            "currency": item.currency,
            "content_types": list(item.content_types) or None,
            "on_delete": item.on_delete if item.on_delete != "restrict" else None,
            "show": None if item.show is None else list(item.show),
            "optional": item.optional or None,
            "unique": item.unique or None,
            "default": None if item.is_state and item.default == item.choices[0] else item.default,
            "final": list(item.final or ()) or None,
            "set": item.set,
            "read": item.read,
        }
    )
    return tree["type"] if list(tree) == ["type"] else tree


def _head(item: Field) -> dict[str, Tree | None]:
    if item.type is FieldType.REFERENCE:
        return {"to": item.to}
    if item.type is FieldType.ONE_OF:
        return {"states" if item.is_state else "one_of": list(item.choices)}
    if item.type is FieldType.LIST:
        return {"list": item.item.value if item.item else None}
    return {"type": item.type.value}


def entity_tree(entity: Entity) -> dict[str, Tree]:
    """Return an entity, in the order in which it is read."""
    overlap = entity.no_overlap
    return _without_none(
        {
            "plural": entity.plural if entity.plural != plural_of(entity.name) else None,
            "fields": {name: field_tree(item) for name, item in entity.fields.items()},
            "unique": [list(group) for group in entity.unique] or None,
            "constraints": dict(entity.constraints) or None,
            "no_overlap": {"from": overlap.start, "to": overlap.end, "per": list(overlap.per)} if overlap else None,
            "counts": {name: f"{count.source}.{count.via}" for name, count in entity.counts.items()} or None,
            "computed": {name: computed_tree(computed) for name, computed in entity.computed.items()} or None,
            "rules": dict(entity.rules) or None,
            "allow": _words(entity.allow) or None,
            "accepts": {str(action): list(names) for action, names in entity.accepts.items()} or None,
            "effects": {str(action): dict(changes) for action, changes in entity.effects.items()} or None,
            "actions": {name: action_tree(action) for name, action in entity.actions.items()} or None,
        }
    )


def action_tree(action: RowAction) -> dict[str, Tree]:
    """Return an action; a condition without a message is its rule alone."""
    needs: dict[str, Tree] = {
        need.name: {"rule": need.rule, "message": need.message} if need.message else need.rule
        for need in action.needs.values()
    }
    taken: Tree = list(action.stores) or {name: field_tree(item) for name, item in action.takes.items()}
    first = list(action.from_states)
    return _without_none(
        {
            "allow": action.allow,
            "from": (first[0] if len(first) == 1 else first) or None if first else None,
            "to": action.to,
            "takes": taken or None,
            "needs": needs or None,
            "set": dict(action.sets) or None,
        }
    )


def computed_tree(computed: Computed) -> Tree:
    """Return a computed field; its expression alone when it is a boolean."""
    if computed.type is FieldType.BOOLEAN:
        return computed.sql
    return {"type": computed.type.value, "as": computed.sql}


def edge_tree(edge: Edge) -> dict[str, Tree]:
    """Return an edge."""
    return _without_none(
        {
            "pair": {side.name: str(side.to) for side in edge.pair},
            "plural": edge.plural if edge.plural != plural_of(edge.name) else None,
            "set": {side.name: side.set for side in edge.pair if side.set} or None,
            "fields": {name: field_tree(item) for name, item in edge.extra.items()} or None,
            "rules": dict(edge.rules) or None,
            "allow": _words(edge.allow) or None,
        }
    )


def list_tree(spec: ListSpec) -> dict[str, Tree]:
    """Return a list."""
    return _without_none(
        {
            "of": spec.of,
            "by": spec.by,
            "through": ".".join(spec.through) if spec.through else None,
            "where": spec.where,
            "match": list(spec.match) or None,
            "filter": list(spec.filters) or None,
            "order": order_text(spec.order),
            "allow": spec.allow if spec.allow != "anyone" else None,
            "cache": time_text(spec.cache_seconds * UNIT_MS["s"]) if spec.cache_seconds else None,
        }
    )


def order_text(order: Order) -> str:
    """Return an order: `newest`, `likes desc`."""
    if order.field == "created_at":
        return "newest" if order.descending else "oldest"
    return f"{order.field} {'desc' if order.descending else 'asc'}"


def check_tree(check: Check) -> dict[str, Tree]:
    """Return a check."""
    given: dict[str, Tree] = {key: value for key, value in check.given.items() if value is not None}
    tree: dict[str, Tree] = {"as": check.persona, str(check.action): check.target}
    return tree | ({"given": given} if given else {}) | {"expect": check.expect}


def _quantity(number: float) -> Raw:
    return Raw(quantity_text(number))


def _words(values: Mapping[Any, str]) -> dict[str, Tree]:
    return {str(key): value for key, value in values.items()}


def _without_none(tree: Mapping[str, Tree | None]) -> dict[str, Tree]:
    return {key: value for key, value in tree.items() if value is not None}
