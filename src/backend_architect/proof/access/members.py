"""Memberships between two tenants: who may let whom in, change what they may do, and remove them.

Everybody tries on the owner's tenant: to join with each choice, to raise and to remove somebody else who is in it, and
to leave. Those of the owner's tenant try the same on the other tenant.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from backend_architect.design.model import Edge
from backend_architect.proof.access.facts import loaded, many
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import OTHER_OWNER, Persona, named, personas
from backend_architect.proof.access.requests import Asking
from backend_architect.proof.access.tables import Watch, kept_counts
from backend_architect.proof.access.tenancy import Membership, foreign_tenants, let_leave, let_members_in, memberships
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes

ADVICE = "the statement compares the new pair with the caller's own membership: of the same tenant, not of any"
UNKNOWN, REFUSED, DONE, NOTHING = frozenset({401}), frozenset({403, 404}), frozenset({204}), frozenset({204, 403, 404})
Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Attempt:
    """A pair that somebody makes or deletes; `what` says it in words."""

    tenant: str
    person: str
    held: Membership
    what: str

    @property
    def pair(self) -> dict[str, object]:
        """Return both ends by column."""
        return {self.held.tenant.column: self.tenant, self.held.person.column: self.person}


@dataclass(frozen=True, slots=True)
class MembershipTrial:
    """Everything that the attempts are made with. `tenants` are one of the owner's, and one that is foreign to it."""

    asking: Asking
    judge: Judge
    watch: Watch
    people: tuple[Persona, ...]
    tenants: tuple[str, str]

    @property
    def backend(self) -> Backend:
        """Return the backend that is tried."""
        return self.asking.lab.backend


def members(lab: Lab) -> Iterator[Case]:
    """Give a case for each route of memberships, and each caller."""
    backend, held = lab.backend, memberships(lab.subject.design)
    if not held:
        yield skipped("memberships", "the design has no tenants")
        return
    people, kinds = personas(backend), tuple(held.values())
    own = backend.rows.make(kinds[0].tenant.to or "", named(people, "owner").actor.id)
    foreign = foreign_tenants(backend, named(people, OTHER_OWNER))[-1]
    stage = MembershipTrial(Asking(lab), Judge(backend), Watch(backend), people, (own, foreign))
    for route in project_routes(lab.subject):
        if route.design and route.design.row is kinds[0].edge:
            for persona in people:
                yield _tried(stage, route, persona, kinds)
    yield from kept_counts(backend)


def _tried(stage: MembershipTrial, route: ProjectRoute, persona: Persona, kinds: tuple[Membership, ...]) -> Case:
    """Return what came of everything that somebody tries with one route."""
    problems: list[str] = []
    shown: Exchange | None = None
    _decide(stage)
    attempts = list(_attempts(stage, persona, kinds, route.kind))
    for attempt in attempts:
        answer, wrong = _made(stage, route, persona, attempt)
        shown = answer if shown is None or (wrong and not problems) else shown
        problems += [f"{attempt.what}: {each}" for each in wrong]
    assert shown is not None
    case = shown.case(
        f"{route.title} in both tenants as {persona.name}",
        expected="who may let somebody in or remove them, as the rules say of that tenant",
        held=not problems,
        advice=ADVICE,
    )
    return replace(case, actual=many(problems) if problems else f"{len(attempts)} pairs answered as the rules say")


def _decide(stage: MembershipTrial) -> None:
    """Let everybody be in the tenants that they belong to, as their persona says."""
    let_members_in(stage.backend, stage.people)
    let_leave(stage.backend, stage.people)
    stage.watch.look()


def _attempts(stage: MembershipTrial, persona: Persona, kinds: tuple[Membership, ...], kind: str) -> Iterator[Attempt]:
    """Give the pairs: oneself and somebody who is in already, in the own and in the foreign tenant."""
    account = stage.backend.design.account
    assert account is not None
    for tenant, whose in zip(stage.tenants, ("the owner's tenant", "the other tenant"), strict=True):
        chosen = kinds if kind == "put_edge" else kinds[:1]
        for held in chosen:
            said = f" with {json.dumps(held.values)[1:-1]}" if held.values and kind == "put_edge" else ""
            if persona.me:
                yield Attempt(tenant, persona.me, held, f"oneself in {whose}{said}")
            somebody = _somebody_in(stage, account.name, tenant, kinds)
            yield Attempt(tenant, somebody, held, f"somebody else in {whose}{said}")


def _somebody_in(stage: MembershipTrial, account: str, tenant: str, kinds: tuple[Membership, ...]) -> str:
    """Return somebody new who is in a tenant, with the first of the choices."""
    person = stage.backend.rows.make(account, "")
    held = kinds[0]
    ends = {held.tenant.column: tenant, held.person.column: person}
    stage.backend.rows.make(held.edge.name, person, {**held.values, **ends})
    stage.watch.look()
    return person


def _made(
    stage: MembershipTrial, route: ProjectRoute, persona: Persona, attempt: Attempt
) -> tuple[Exchange, list[str]]:
    """Return the answer to one attempt, and what is wrong with it; what it changed is undone."""
    edge, ends = attempt.held.edge, attempt.pair
    body = dict(attempt.held.values) if route.kind == "put_edge" and edge.extra else None
    before = _stored(stage.backend, edge, ends)
    expected, after = _expected(stage, route, persona, attempt, before)
    request = Request(route.method, route.path, {name: str(value) for name, value in ends.items()}, body)
    answer = stage.asking.send(request, persona)
    stage.watch.compare()
    stored, wrong = _stored(stage.backend, edge, ends), []
    if answer.status not in expected:
        wrong.append(f"{answer.status}, not {' or '.join(map(str, sorted(expected)))}")
    if _own(edge, stored) != after:
        wrong.append(f"{answer.status}, and it is {_said(_own(edge, stored))} afterwards, not {_said(after)}")
    elif _own(edge, before) == after and stage.watch.changed and answer.status >= 400:
        wrong.append(f"{answer.status}, and something changed")
    if stage.watch.changed:
        _undo(stage.backend, edge, ends, before)
        stage.watch.look()
    return answer, wrong


def _expected(
    stage: MembershipTrial, route: ProjectRoute, persona: Persona, attempt: Attempt, before: Values | None
) -> tuple[frozenset[int], Values | None]:
    """Return the statuses that the rules lead to, and what is stored of the pair afterwards."""
    edge, own = attempt.held.edge, _own(attempt.held.edge, before)
    if persona.me is None:
        return UNKNOWN | REFUSED, own
    if route.kind == "put_edge":
        values = {**attempt.held.values, **attempt.pair}
        allowed = stage.judge.may_make(persona, edge, values)
        return (DONE, _own(edge, values)) if allowed else (REFUSED, own)
    if before is None:
        return NOTHING, None
    [allowed] = stage.judge.of_values(persona, edge, edge.allow.get("delete", "nobody"), [before])
    return (DONE, None) if allowed else (NOTHING, own)


def _stored(backend: Backend, edge: Edge, ends: Values) -> dict[str, object] | None:
    """Return the row of a pair, or None."""
    where = " AND ".join(f't."{name}" = ${n}::text::uuid' for n, name in enumerate(ends, 1))
    text = backend.database.value(f'SELECT to_jsonb(t)::text FROM "{edge.table}" AS t WHERE {where}', *ends.values())
    return loaded(text) if text else None


def _own(edge: Edge, row: Values | None) -> Values | None:
    """Return what the design says of a row of an edge: not when it was made."""
    return None if row is None else {item.column: row.get(item.column) for item in edge.fields.values()}


def _undo(backend: Backend, edge: Edge, ends: Values, before: Values | None) -> None:
    """Let a pair be what it was."""
    where = " AND ".join(f'"{name}" = ${n}::text::uuid' for n, name in enumerate(ends, 1))
    backend.database.run(f'DELETE FROM "{edge.table}" WHERE {where}', *ends.values())
    if before is not None:
        backend.rows.make(edge.name, "", _own(edge, before))


def _said(row: Values | None) -> str:
    return "gone" if row is None else json.dumps(row, default=str)


PROBE = Probe("members", Group.ACCESS, "nobody lets somebody in or out of a tenant but whom its rules name", members)
