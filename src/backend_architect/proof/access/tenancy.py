"""Tenants: which rows belong to one, who is a member of whose, and what is made within one."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from backend_architect.design.model import Design, Edge, Entity, Field, FieldType
from backend_architect.design.samples import sample
from backend_architect.proof.backend import Backend

if TYPE_CHECKING:
    from backend_architect.proof.access.personas import Persona


@dataclass(frozen=True, slots=True)
class Membership:
    """What makes somebody a member: the edge, its sides of the account and of the tenant, and its own values."""

    edge: Edge
    person: Field
    tenant: Field
    values: Mapping[str, object]


def memberships(design: Design) -> dict[str, Membership]:
    """Return what each kind of member holds, by the persona's name; empty where the design has no tenants."""
    account = design.account.name if design.account else ""
    for edge in design.edges.values():
        first, second = edge.pair
        if edge.mine or (first.to == account) is (second.to == account):
            continue
        person, tenant = (first, second) if first.to == account else (second, first)
        kinds = next((item for item in edge.extra.values() if item.type is FieldType.ONE_OF), None)
        usual = {item.column: sample(item) for item in edge.extra.values() if not item.optional}
        found = {}
        for choice in kinds.choices if kinds else ("",):
            values = {**usual, **({kinds.column: choice} if kinds else {})}
            found[":".join(filter(None, ["member", choice]))] = Membership(edge, person, tenant, values)
        return found
    return {}


def tenant_of(design: Design) -> Entity | None:
    """Return the entity whose rows are tenants, or None."""
    held = next(iter(memberships(design).values()), None)
    return design.entities.get(held.tenant.to or "") if held else None


def let_members_in(backend: Backend, people: Iterable["Persona"]) -> None:
    """Make every member a member of all tenants that there are by now, but for those of the other owner."""
    others = backend.regulars.get("other-owner")
    foreign = _foreign_tenants(backend, others.id if others else "")
    for persona in people:
        if persona.membership:
            _join(backend, persona.membership, persona.actor.id, foreign)


def foreign_tenants(backend: Backend, other: "Persona") -> tuple[str, ...]:
    """Return new tenants of the other owner, who is a member of each with another one of the edge's choices."""
    held, made = memberships(backend.design), []
    for each in held.values():
        tenant = backend.rows.make(each.tenant.to or "", other.actor.id)
        ends = {each.tenant.column: tenant, each.person.column: other.actor.id}
        backend.rows.make(each.edge.name, other.actor.id, {**each.values, **ends})
        made.append(tenant)
    return tuple(made)


def let_leave(backend: Backend, people: Iterable["Persona"]) -> None:
    """Let the former member join the owner's tenants, be served there, and not be a member any more."""
    held = list(memberships(backend.design).values())
    for persona in people:
        if persona.name == "former-member":
            others = backend.regulars.get("other-owner")
            _join(backend, held[-1], persona.actor.id, _foreign_tenants(backend, others.id if others else ""))
            backend.client.ask(persona.actor, "GET", "/v1/me")
            gone = f'DELETE FROM "{held[-1].edge.table}" WHERE "{held[-1].person.column}" = $1::text::uuid'
            backend.database.run(gone, persona.actor.id)


def make_within(backend: Backend, entity: Entity, maker: str, tenant: str) -> str:
    """Return a new row that belongs to a tenant; a row of its own where the entity belongs to none."""
    goal = tenant_of(backend.design)
    if entity is goal:
        return tenant
    given: dict[str, object] = {}
    for item in reversed(way_to(backend.design, entity, goal) if goal else ()):
        target = backend.design.entities[item.to or ""]
        given = {item.column: backend.rows.make(target.name, maker, given) if target is not goal else tenant}
    return backend.rows.make(entity.name, maker, given)


def way_to(design: Design, entity: Entity, goal: Entity) -> tuple[Field, ...]:
    """Return the relations that lead from an entity to another one, by required relations; empty where none do."""
    ways: list[tuple[Entity, tuple[Field, ...]]] = [(entity, ())]
    for at, way in ways:
        for item in at.references:
            target = design.entities[item.to or ""]
            if item.optional or target is design.account or target in [known for known, _ in ways]:
                continue
            if target is goal:
                return (*way, item)
            ways.append((target, (*way, item)))
    return ()


def _foreign_tenants(backend: Backend, other: str) -> tuple[str, ...]:
    held = next(iter(memberships(backend.design).values()), None)
    if held is None or not other:
        return ()
    tenant = backend.design.entities[held.tenant.to or ""]
    owned = [f't."{item.column}" = $1::text::uuid' for item in tenant.references if item.set == "me"]
    joined = f'SELECT "{held.tenant.column}" FROM "{held.edge.table}" WHERE "{held.person.column}" = $1::text::uuid'
    conditions = " OR ".join([f"t.id IN ({joined})", *owned])
    rows = backend.database.fetch(f'SELECT t.id::text AS id FROM "{tenant.table}" AS t WHERE {conditions}', other)
    return tuple(row["id"] for row in rows)


def _join(backend: Backend, held: Membership, person: str, foreign: tuple[str, ...]) -> None:
    edge, tenants = held.edge.table, backend.design.entities[held.tenant.to or ""].table
    extra = "".join(f', "{name}"' for name in held.values)
    backend.database.run(
        f'INSERT INTO "{edge}" ("{held.tenant.column}", "{held.person.column}"{extra}) '
        f"SELECT t.id, $1::text::uuid{extra.replace(', ', ', v.')} "
        f'FROM "{tenants}" AS t, jsonb_populate_record(NULL::"{edge}", $2::text::jsonb) AS v '
        "WHERE NOT t.id = ANY ($3::text[]::uuid[]) ON CONFLICT DO NOTHING",
        person,
        json.dumps(held.values),
        list(foreign),
    )
