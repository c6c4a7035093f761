"""P77: each route answers as the design says in every state of the rows that it is about, for everybody.

A state is one value of one field, of the row itself or of a row that it points at: each other choice, a time long gone,
nothing. What must come is the oracle's answer for the rows as they are then.
"""

from collections.abc import Iterator
from dataclasses import replace

from backend_architect.proof.access.expected import expected_answer, with_own_files
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.personas import Persona, named, personas
from backend_architect.proof.access.tenancy import let_members_in
from backend_architect.proof.attacks.forged_tokens import NO_ACCOUNTS
from backend_architect.proof.attacks.states import State, in_state, states_of
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import ProjectRoute, project_routes

KINDS = ("read", "create", "update", "delete", "put_edge")
ADVICE = "the rule belongs whole into the statement: every part of an AND, every half of an OR"


def every_state(lab: Lab) -> Iterator[Case]:
    """Give a case for each route, state and kind of caller, told only where there is a state."""
    backend, tried = lab.backend, False
    if backend.design.auth is None:
        yield skipped("states of rows", NO_ACCOUNTS)
        return
    judge, people = Judge(backend), personas(backend, new=True)
    for route in project_routes(lab.subject):
        if route.design is None or route.kind not in KINDS or route.design.row is backend.design.account:
            continue
        by_rule = replace(route, table=replace(route.table, answers={}))
        for state in states_of(backend, route):
            for case in _in_state(judge, backend, by_rule, state, people):
                tried = True
                yield case
    if not tried:
        yield skipped("states of rows", "no row has a field with a few values")


def _in_state(
    judge: Judge, backend: Backend, route: ProjectRoute, state: State, people: tuple[Persona, ...]
) -> Iterator[Case]:
    request = None
    for persona in people:
        if request is None:
            request = in_state(backend, route, state, named(people, "owner").actor)
            let_members_in(backend, people)
        if request is None:
            return
        sent = with_own_files(route, request, persona)
        expected = expected_answer(judge, route, persona, sent)
        answer = sent.send(backend, persona.actor)
        if answer.status == 429:
            continue
        held = answer.status in expected.statuses or (answer.status in {409, 422} and 201 in expected.statuses)
        title = f"{route.title} as {persona.name}, {state.said}"
        yield answer.case(title, expected=expected.description, held=held, advice=f"{ADVICE} ({expected.source})")
        request = request if route.kind == "read" or answer.status >= 400 else None


PROBE = Probe("P77", Group.ATTACKS, "routes answer as the design says, whatever state their rows are in", every_state)
