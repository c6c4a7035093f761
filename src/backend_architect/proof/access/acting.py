"""What an action on a row should answer: who may, the row's state, its conditions, as the oracle reads the design."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend_architect.design.model import Entity, RowAction
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona


@dataclass(frozen=True, slots=True)
class Ruling:
    """The status that an action should answer, and the code of its problem where the answer is 409."""

    status: int
    code: str = ""

    def __str__(self) -> str:
        return f"{self.status} {self.code}".strip()


def ruling(
    judge: Judge, persona: Persona, entity: Entity, action: RowAction, *, identity: str, sent: Mapping[str, object]
) -> Ruling:
    """Return what the design says of an action, asked in the order in which it is judged."""
    if persona.me is None and judge.needs_caller(entity, action.allow):
        return Ruling(401)
    if not _may_name(judge, persona, entity, action, sent):
        return Ruling(404)
    if not judge.holds_of_action(persona, entity, action, action.allow, identity=identity, sent=sent):
        seen = "read" in entity.allow and judge.may(persona, entity, "read", identity)
        return Ruling(403 if seen else 404)
    if not is_in_state(judge, entity, action, identity):
        return Ruling(409, "wrong-state")
    for need in action.needs.values():
        if not judge.holds_of_action(persona, entity, action, need.rule, identity=identity, sent=sent):
            return Ruling(409, need.name.replace("_", "-"))
    return Ruling(200)


def is_in_state(judge: Judge, entity: Entity, action: RowAction, identity: str) -> bool:
    """Return whether a row is in a state from which the action leads."""
    if entity.state is None:
        return True
    state = state_of(judge, entity, identity)
    if action.from_states:
        return state in action.from_states
    return not action.to or (state != action.to and state not in (entity.state.final or ()))


def state_of(judge: Judge, entity: Entity, identity: str) -> str:
    """Return the state of a row as the database holds it."""
    assert entity.state is not None
    sql = f'SELECT "{entity.state.column}" FROM "{entity.table}" WHERE id = $1::text::uuid'
    return str(judge.database.value(sql, identity))


def _may_name(judge: Judge, persona: Persona, entity: Entity, action: RowAction, sent: Mapping[str, object]) -> bool:
    """Return whether the caller may read each row that is sent by its id, where no rule decides about that row."""
    decided = judge.looked_through(entity, action)
    for item in entity.taken(action):
        target = judge.design.entities.get(item.to or "")
        identity = sent.get(item.column)
        if target is None or identity is None or item.name in decided or "read" not in target.allow:
            continue
        if not judge.may(persona, target, "read", str(identity)):
            return False
    return True
