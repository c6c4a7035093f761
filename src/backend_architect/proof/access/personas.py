"""The people that every route is tried as: nobody, a stranger, owners of two tenants, members, roles, one who left.

A tenant is the other side of an edge whose pair the caller does not set: `membership` of a person in a company. There
is a member for each choice of the edge's first `one_of`: `member:agent`. They belong to the tenants of `owner`, and
`other-owner`, with all power, to tenants of their own; an edge of each kind ties them to rows of people who are nobody
else's business, so that a rule which forgets whom an edge leads to is seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from backend_architect.design.model import Design
from backend_architect.proof.access.tenancy import Membership, memberships
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor

NO_ACCOUNTS = "the design has no accounts"
OTHER_OWNER = "other-owner"
FORMER_MEMBER = "former-member"
OF_CHECKS = ("stranger", "owner")


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who asks, with the roles that they hold; `name` is a column of the access tables, or one of ours.

    `membership` is what they hold in the tenants of `owner`.
    """

    name: str
    actor: Actor
    roles: frozenset[str] = frozenset()
    membership: Membership | None = field(default=None)

    @property
    def me(self) -> str | None:
        """Return the caller's id as rules see it."""
        return self.actor.id or None


def personas(backend: Backend, *, new: bool = False) -> tuple[Persona, ...]:
    """Return everybody, the same people each time unless `new` ones are wanted; without accounts only `anonymous`."""
    if new:
        backend.regulars.clear()
    design, anonymous = backend.design, Persona("anonymous", backend.anonymous())
    if design.auth is None:
        return (anonymous,)
    held = memberships(design)
    names = ["stranger", "owner", OTHER_OWNER, *([FORMER_MEMBER] if held else [])]
    is_new = OTHER_OWNER not in backend.regulars
    people = [Persona(name, backend.regular(name)) for name in names]
    if is_new:
        _tie_elsewhere(backend, backend.regular(OTHER_OWNER).id)
    people += [Persona(name, backend.regular(name), membership=each) for name, each in held.items()]
    people += [Persona(name, backend.regular(name, *roles), frozenset(roles)) for name, roles in _staff(design)]
    return (anonymous, *people)


def people_of_checks(backend: Backend) -> tuple[Persona, ...]:
    """Return those whom a design's `checks` name, each newly registered: nothing ties them to anybody."""
    anonymous = Persona("anonymous", backend.anonymous())
    if backend.design.auth is None:
        return (anonymous,)
    people = [Persona(name, backend.person(name)) for name in OF_CHECKS]
    staff = [(name, roles) for name, roles in _staff(backend.design) if name == "moderator"]
    people += [Persona(name, backend.person(name, *roles), frozenset(roles)) for name, roles in staff]
    return (anonymous, *people)


def named(people: tuple[Persona, ...], name: str) -> Persona:
    """Return the persona of that name; somebody anonymous where there is none."""
    return next((persona for persona in people if persona.name == name), people[0])


def renewed(backend: Backend, name: str) -> tuple[Persona, ...]:
    """Return the people with a new account for one of them."""
    backend.regulars.pop(name, None)
    return personas(backend)


def _tie_elsewhere(backend: Backend, person: str) -> None:
    """Make an edge of each kind between a person and a row that has nothing to do with anybody: they follow someone."""
    account = backend.design.account
    assert account is not None
    for edge in backend.design.edges.values():
        for side in (each for each in edge.pair if each.to == account.name):
            third = backend.rows.make(account.name, "")
            other = edge.other(side)
            end = third if other.to == account.name else backend.rows.make(other.to or "", third)
            backend.rows.make(edge.name, person, {side.column: person, other.column: end})


def _staff(design: Design) -> list[tuple[str, Sequence[str]]]:
    """Return who holds which roles: `moderator` all of them, and somebody each alone where there are several."""
    roles = design.auth.roles if design.auth else ()
    alone = [(f"role:{role}", (role,)) for role in roles] if len(roles) > 1 else []
    return [*([("moderator", roles)] if roles else []), *alone]
