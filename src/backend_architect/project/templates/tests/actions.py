"""What the tests of actions ask: the answer to everybody in each state, and that nothing else changes the state."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.core.database import Executor
from tests.world import PERSONAS, World

Make = Callable[..., Awaitable[UUID]]
Bodies = Mapping[str, Callable[[Executor, UUID], Awaitable[dict[str, object]]]]


@dataclass(frozen=True, slots=True)
class Case:
    """An action on a row of the owner in a state: the state after it, and each persona's answer (None: it depends)."""

    path: str
    before: str
    after: str
    answers: tuple[int | None, ...]


async def differences(world: World, cases: Sequence[Case], make: Make, bodies: Bodies, column: str) -> list[str]:
    """Return every case in which the answer, or the state afterwards, is another one."""
    found = []
    for case in cases:
        for persona, expected in zip(PERSONAS, case.answers, strict=True):
            body = bodies.get(case.path)
            sent = await body(world.db, world.id_of("owner")) if body else None
            came = await _tried(world, case, persona, make, sent, column)
            done = case.after if came[0] == 200 else case.before
            if came[0] != (expected or came[0]) or came[1] != done:
                found.append(f"{case.path} of {case.before} as {persona}: {came}, not {expected}, {done}")
    return found


async def _tried(
    world: World, case: Case, persona: str, make: Make, sent: dict[str, object] | None, column: str
) -> tuple[int, object]:
    """Return the answer's status, and the state of the row afterwards."""
    table, name = column.split(".")
    row = await make(world.db, world.id_of("owner"), **{name: case.before})
    path = case.path[: case.path.index("{")] + str(row) + case.path[case.path.index("}") + 1 :]
    answer = await world.call(persona, "POST", path, json=sent)
    return answer.status_code, await world.value(f"SELECT {name} FROM {table} WHERE id = $1", row)
