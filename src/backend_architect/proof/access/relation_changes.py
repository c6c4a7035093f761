"""A relation that is changed: the row belongs to a new target, and whoever changes it may put it there.

What a PATCH of a relation must keep, from the rules of backend.yaml alone: the update rule holds of the row as it was
and as it becomes; the parts of the create rule that look at the relation hold of it with its new target; the target may
be read; values that the server once took from the target are taken from the new one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_architect.design.model import Entity, Field
from backend_architect.proof.access.clauses import conditions_on, says
from backend_architect.proof.access.facts import RememberedAnswers, many
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona, named, personas
from backend_architect.proof.access.requests import Asking
from backend_architect.proof.access.tables import kept_counts, pretended, state_of
from backend_architect.proof.access.targets import Target, targets_of
from backend_architect.proof.access.tenancy import let_leave, let_members_in
from backend_architect.proof.access.values import wrong_values
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, Request, project_routes

ADVICE = (
    "the PATCH asks the update rule of the row before and after, the create rule of the new target, and whether the "
    "caller may read that"
)
UNKNOWN = frozenset({401})
REFUSED, NOT_THERE = frozenset({403, 404}), frozenset({403, 404, 422})
DONE, IN_THE_WAY = frozenset({200}), frozenset({200, 403, 404, 409})


@dataclass(frozen=True, slots=True)
class MoveTrial:
    """Everything that the moves of one route are tried with."""

    asking: Asking
    judge: Judge
    people: tuple[Persona, ...]
    route: ProjectRoute
    entity: Entity

    @property
    def backend(self) -> Backend:
        """Return the backend that is tried."""
        return self.asking.lab.backend

    def new_row(self, maker: Persona) -> str:
        """Return a new row of somebody's, which members of its tenant see as their rule says."""
        row = self.backend.rows.make(self.entity.name, maker.actor.id)
        let_members_in(self.backend, self.people)
        return row


def moves(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that changes a relation, and each caller."""
    asking, judge, people = Asking(lab), Judge(lab.backend), personas(lab.backend)
    tried = False
    for route in project_routes(lab.subject):
        entity = route.design.row if route.design and route.kind == "update" else None
        if not isinstance(entity, Entity) or not any(item.is_reference for item in entity.accepted("update")):
            continue
        stage = MoveTrial(asking, judge, people, route, entity)
        for persona in people:
            tried = True
            yield _tried(stage, persona)
    if not tried:
        yield skipped("moves", "no route changes a relation")
    yield from kept_counts(lab.backend)


def _tried(stage: MoveTrial, persona: Persona) -> Case:
    """Return what came of everything that somebody may try with the relations of one kind of rows."""
    problems: list[str] = []
    shown: Exchange | None = None
    tried = 0
    for item in (item for item in stage.entity.accepted("update") if item.is_reference):
        targets = targets_of(stage.backend, stage.people, persona, item)
        let_leave(stage.backend, stage.people)
        for maker in _makers(stage, persona):
            for answer, wrong in _moved(stage, persona, maker, (item, targets)):
                tried += 1
                shown = answer if shown is None or (wrong and not problems) else shown
                problems += [f"{item.name} of a row of {maker.name} {each}" for each in wrong]
    assert shown is not None
    case = shown.case(
        f"{stage.route.title} of relations as {persona.name}",
        expected="a relation goes only where the rules let its sender put it, and all that follows from it goes along",
        held=not problems,
        advice=ADVICE,
    )
    return replace(case, actual=many(problems) if problems else f"{tried} changes answered as the rules say")


def _makers(stage: MoveTrial, persona: Persona) -> list[Persona]:
    """Return whose rows are tried: the owner's and one's own."""
    owner = named(stage.people, "owner")
    if stage.entity is stage.backend.design.account or not persona.me or persona.name == owner.name:
        return [owner]
    return [owner, persona]


def _moved(
    stage: MoveTrial, persona: Persona, maker: Persona, tried: tuple[Field, tuple[Target, ...]]
) -> Iterator[tuple[Exchange, list[str]]]:
    """Give the answer for each target, and what is wrong with it, on one row until it has changed."""
    item, targets = tried
    is_account = stage.entity is stage.backend.design.account
    row, facts = maker.actor.id if is_account else stage.new_row(maker), RememberedAnswers(stage.judge)
    before = state_of(stage.backend)
    for target in targets:
        expected = _expected(stage, facts, persona, (row, item, target))
        request = Request("PATCH", stage.route.path, {f"{stage.entity.name}_id": row}, {item.column: target.id})
        answer = stage.asking.send(request, persona)
        after = state_of(stage.backend)
        wrong = _wrong(stage, persona, (item, target), (answer, after != before), expected)
        yield answer, [f"to {target.what}: {each}" for each in wrong]
        if after != before:
            row, facts = row if is_account else stage.new_row(maker), RememberedAnswers(stage.judge)
            before = state_of(stage.backend)


def _expected(
    stage: MoveTrial, facts: RememberedAnswers, persona: Persona, to: tuple[str, Field, Target]
) -> frozenset[int]:
    """Return the statuses that the rules of the design lead to."""
    (row, item, target), judge, entity = to, stage.judge, stage.entity
    rule = entity.allow["update"]
    if persona.me is None and judge.needs_caller(entity, rule):
        return UNKNOWN
    if not facts.holds(persona, entity, rule, row):
        return NOT_THERE if not target.exists else REFUSED
    if not target.exists:
        return NOT_THERE
    create = entity.allow.get("create", "anyone")
    after = entity.after_update
    with pretended(stage.backend, entity, row, item.column, target.id) as can_be:
        if not can_be:
            return IN_THE_WAY
        if not all(judge.holds(persona, entity, each, row) for each in (after, *conditions_on(entity, create, item))):
            return REFUSED
    related = stage.backend.design.entities[item.to or ""]
    if target.id is None or facts.may(persona, related, target.id):
        return DONE
    looked_through = {name for each in (rule, create) for name in judge.looks_through(entity, each)}
    return DONE if item.name in looked_through else REFUSED


def _wrong(
    stage: MoveTrial,
    persona: Persona,
    to: tuple[Field, Target],
    actual: tuple[Exchange, bool],
    expected: frozenset[int],
) -> Iterator[str]:
    (item, target), (answer, changed) = to, actual
    if answer.status not in expected:
        yield f"{answer.status}, not {' or '.join(map(str, sorted(expected)))}"
    if answer.status >= 400:
        if changed:
            yield f"{answer.status}, and something changed"
        return
    row = str(answer.field("id"))
    facts = RememberedAnswers(stage.judge)
    stored = facts.row(stage.entity, row) or {}
    if stored.get(item.column) != target.id:
        yield "it points elsewhere afterwards"
    if target.id != row:  # a row that points at itself is answered as it was before it was counted
        yield from wrong_values(facts, persona, stage.entity, answer.json())
    for each in stage.entity.fields.values():
        if each.set and each.set != "me" and says(each.set, item.name) and not _follows(stage, persona, each, row):
            yield f"{each.name} is still what the server took from the old {item.name}"


def _follows(stage: MoveTrial, persona: Persona, each: Field, row: str) -> bool:
    """Return whether a value that the server sets is what it would be set to now."""
    rule = f"{each.name} = ({each.set}) or ({each.name} is null and ({each.set}) is null)"
    return stage.judge.holds(persona, stage.entity, rule, row)


PROBE = Probe("moves", Group.ACCESS, "a relation goes only where the rules let its sender put it", moves)
