"""From what was read, plain and free of problems of shape, to the frozen values of the model."""

from collections.abc import Mapping
from typing import Any

from backend_architect.design.language.fields import DEFAULT_MAX
from backend_architect.design.model import (
    ACTIONS,
    Auth,
    Check,
    Computed,
    Condition,
    Count,
    Custom,
    Design,
    Edge,
    Entity,
    Event,
    Field,
    FieldType,
    Limit,
    ListSpec,
    Load,
    NoOverlap,
    Order,
    RowAction,
)
from backend_architect.design.names import plural_of

Read = Mapping[str, Any]


def build_design(read: Read) -> Design:
    """Return the design that a file says."""
    return Design(
        name=read["backend"],
        load=build_load(read.get("load", {})),
        auth=build_auth(read["auth"]) if "auth" in read else None,
        limits=tuple(Limit(target, *limit) for target, limit in read.get("limits", {}).items()),
        entities={name: build_entity(name, entity) for name, entity in read["entities"].items()},
        edges={name: build_edge(name, edge) for name, edge in read.get("edges", {}).items()},
        lists=tuple(build_list(name, spec) for name, spec in read.get("lists", {}).items()),
        events=tuple(Event(*key, **event) for key, event in read.get("events", {}).items()),
        custom=tuple(build_custom(use) for use in read.get("custom", ())),
        checks=tuple(build_check(check) for check in read.get("checks", ())),
        confirmed=tuple(read.get("confirm", ())),
        **_given(read, "summary", "assumptions", "clients", "pin"),
    )


def build_load(read: Read) -> Load:
    """Return the load; what is not said keeps the model's default."""
    p95 = {"p95_ms": read["p95"]} if "p95" in read else {}
    return Load(**_given(read, "users", "reads", "writes", "rows"), **p95)


def build_auth(read: Read) -> Auth:
    """Return how people sign in."""
    return Auth(**read)


def build_field(name: str, read: Read) -> Field:
    """Return one field; its bound is the type's when it states none."""
    kind = _field_type(read)
    given = _given(read, "min", "max", "optional", "unique", "default", "set", "read", "to", "on_delete", "show")
    given |= _given(read, "scale", "currency", "content_types")
    given.setdefault("max", DEFAULT_MAX.get(kind))
    item = FieldType(read["list"]) if "list" in read else None
    choices = read.get("one_of", read.get("states", ()))
    if "states" in read:
        given.setdefault("default", choices[0])
        given["final"] = read.get("final", ())
    return Field(name, kind, choices=choices, item=item, **given)


def _field_type(read: Read) -> FieldType:
    if "to" in read:
        return FieldType.REFERENCE
    if "one_of" in read or "states" in read:
        return FieldType.ONE_OF
    return FieldType.LIST if "list" in read else FieldType(read["type"])


def build_entity(name: str, read: Read) -> Entity:
    """Return one entity with its fields, counts and computed fields."""
    overlap = read.get("no_overlap")
    return Entity(
        name=name,
        plural=read.get("plural", plural_of(name)),
        fields=_fields(read),
        counts={count: Count(count, *pair) for count, pair in read.get("counts", {}).items()},
        computed={field: build_computed(field, computed) for field, computed in read.get("computed", {}).items()},
        no_overlap=NoOverlap(overlap["from"], overlap["to"], overlap["per"]) if overlap else None,
        actions={action: build_action(action, read) for action, read in read.get("actions", {}).items()},
        **_given(read, "rules", "allow", "accepts", "unique", "constraints", "effects"),
    )


def build_action(name: str, read: Read) -> RowAction:
    """Return one action; what it takes is stored where it is a list of the row's own fields."""
    taken = read.get("takes", ())
    values = taken if isinstance(taken, dict) else {}
    return RowAction(
        name,
        read["allow"],
        from_states=read.get("from", ()),
        to=read.get("to"),
        stores=() if isinstance(taken, dict) else taken,
        takes={value: build_field(value, field) for value, field in values.items()},
        needs={need: Condition(need, **given) for need, given in read.get("needs", {}).items()},
        sets=read.get("set", {}),
    )


def build_computed(name: str, read: Read) -> Computed:
    """Return one computed field, boolean unless it says otherwise."""
    return Computed(name, read["as"], FieldType(read.get("type", "boolean")))


def build_edge(name: str, read: Read) -> Edge:
    """Return one edge. A side goes when its row goes, so that a pair never keeps a row from being deleted."""
    setters = read.get("set", {})
    first, second = (
        Field(side, FieldType.REFERENCE, to=target, on_delete="cascade", set=setters.get(side))
        for side, target in read["pair"].items()
    )
    plural = read.get("plural", plural_of(name))
    return Edge(name, plural, (first, second), _fields(read), **_given(read, "rules", "allow"))


def build_list(name: str, read: Read) -> ListSpec:
    """Return one list, newest first unless it says otherwise."""
    return ListSpec(
        name,
        read["of"],
        read.get("order", Order("created_at", descending=True)),
        filters=read.get("filter", ()),
        cache_seconds=read.get("cache"),
        **_given(read, "where", "by", "through", "match", "allow"),
    )


def build_custom(read: Read) -> Custom:
    """Return one hand-written use case."""
    method, path = read["route"]
    return Custom(method, path, read["code"], read["allow"])


def build_check(read: Read) -> Check:
    """Return one check; its shape holds exactly one action."""
    action = next(action for action in ACTIONS if action in read)
    return Check(read["as"], action, read[action], read.get("given", {}), read["expect"])


def _fields(read: Read) -> dict[str, Field]:
    return {name: build_field(name, field) for name, field in read.get("fields", {}).items()}


def _given(read: Read, *keys: str) -> dict[str, Any]:
    return {key: read[key] for key in keys if key in read}
