"""The people that every route is tried as: nobody, a stranger, the rows' owner, members of their tenants, a moderator.

A tenant is the other side of an edge whose pair the caller does not set: `membership` of a person in a company. There
is a member for each choice of the edge's first `one_of`: `member:agent`.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from backend_architect.design.model import Design, Edge, Field, FieldType
from backend_architect.design.samples import sample
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor

NO_ACCOUNTS = "the design has no accounts"


@dataclass(frozen=True, slots=True)
class Membership:
    """What makes somebody a member: the edge, its sides of the account and of the tenant, and its own values."""

    edge: Edge
    person: Field
    tenant: Field
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who asks, with the roles that they hold; `name` is a column of the access tables, or begins `member`."""

    name: str
    actor: Actor
    roles: frozenset[str] = frozenset()
    membership: Membership | None = field(default=None)

    @property
    def me(self) -> str | None:
        """Return the caller's id as rules see it."""
        return self.actor.id or None


def personas(backend: Backend) -> tuple[Persona, ...]:
    """Return everybody, each newly registered; only `anonymous` where the design has no accounts."""
    design, anonymous = backend.design, Persona("anonymous", backend.anonymous())
    if design.auth is None:
        return (anonymous,)
    people = [Persona(name, backend.person(name)) for name in ("stranger", "owner")]
    people += [Persona(name, backend.person("member"), membership=held) for name, held in _memberships(design)]
    if design.auth.roles:
        roles = design.auth.roles
        people.append(Persona("moderator", backend.person("moderator", *roles), frozenset(roles)))
    return (anonymous, *people)


def named(people: tuple[Persona, ...], name: str) -> Persona:
    """Return the persona of that name; somebody anonymous where there is none."""
    return next((persona for persona in people if persona.name == name), people[0])


def renewed(backend: Backend, people: tuple[Persona, ...], name: str) -> tuple[Persona, ...]:
    """Return the people with a new account for one of them."""
    return tuple(
        replace(each, actor=backend.person(name, *each.roles)) if each.name == name else each for each in people
    )


def let_members_in(backend: Backend, people: tuple[Persona, ...]) -> None:
    """Make every member a member of all tenants that there are by now."""
    for persona in people:
        held = persona.membership
        if held is None:
            continue
        edge, tenants = held.edge.table, backend.design.entities[held.tenant.to or ""].table
        extra = "".join(f', "{name}"' for name in held.values)
        backend.database.run(
            f'INSERT INTO "{edge}" ("{held.tenant.column}", "{held.person.column}"{extra}) '
            f"SELECT t.id, $1::text::uuid{extra.replace(', ', ', v.')} "
            f'FROM "{tenants}" AS t, jsonb_populate_record(NULL::"{edge}", $2::text::jsonb) AS v '
            "ON CONFLICT DO NOTHING",
            persona.actor.id,
            json.dumps(held.values),
        )


def _memberships(design: Design) -> Iterator[tuple[str, Membership]]:
    """Give what each kind of member holds, by the persona's name."""
    assert design.account is not None
    account = design.account.name
    for edge in design.edges.values():
        first, second = edge.pair
        if edge.mine or (first.to == account) is (second.to == account):
            continue
        person, tenant = (first, second) if first.to == account else (second, first)
        kinds = next((item for item in edge.extra.values() if item.type is FieldType.ONE_OF), None)
        for choice in kinds.choices if kinds else ("",):
            values = {item.column: sample(item) for item in edge.extra.values() if not item.optional}
            values |= {kinds.column: choice} if kinds else {}
            yield ":".join(filter(None, ["member", choice])), Membership(edge, person, tenant, values)
        return
