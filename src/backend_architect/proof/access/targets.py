"""What a relation may be pointed at: rows of everybody, of every kind, one that is not there, and nothing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.design.model import Field
from backend_architect.proof.access.list_rows import kinds_of, made
from backend_architect.proof.access.personas import OTHER_OWNER, Persona, named
from backend_architect.proof.backend import Backend

KINDS = 6


@dataclass(frozen=True, slots=True)
class Target:
    """A row by id, None for nothing; `what` says which, in words."""

    id: str | None
    what: str
    exists: bool = True


def targets_of(backend: Backend, people: tuple[Persona, ...], persona: Persona, item: Field) -> tuple[Target, ...]:
    """Return the targets of a relation that somebody tries."""
    nothing = (Target(None, "nothing"),) if item.optional else ()
    return (
        *_rows(backend, people, persona, item),
        Target(backend.rows.identity(), "a row that is not there", False),
        *nothing,
    )


def _rows(backend: Backend, people: tuple[Persona, ...], persona: Persona, item: Field) -> Iterator[Target]:
    """Give rows of the caller's own, of the owner, of another tenant, of a stranger, and of each kind."""
    target = backend.design.entities[item.to or ""]
    everybody = [persona, *(named(people, name) for name in ("owner", OTHER_OWNER, "stranger"))]
    for maker in {each.name: each for each in everybody if each.me}.values():
        if target is backend.design.account:
            yield Target(maker.actor.id, maker.name)
            continue
        kinds = list(kinds_of(target))[:KINDS] if maker.name in {persona.name, "owner"} else [{}]
        for given in kinds:
            said = f" with {json.dumps(given)[1:-1]}" if given else ""
            yield from (
                Target(row, f"a row of {maker.name}{said}") for row in made(backend, target, maker.actor.id, given)
            )
