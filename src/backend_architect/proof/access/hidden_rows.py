"""Lists show what the rules show: every visible row and no hidden one, for everybody, every filter and every page."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backend_architect.proof.access.caches import cached_lists
from backend_architect.proof.access.facts import RememberedAnswers, many
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.list_rows import ListRows, stock
from backend_architect.proof.access.page_edge import page_edge
from backend_architect.proof.access.pages import PAGES, Shown, Walk, walk
from backend_architect.proof.access.personas import Persona, personas
from backend_architect.proof.access.requests import Asking
from backend_architect.proof.access.tables import kept_counts
from backend_architect.proof.access.tenancy import let_leave, let_members_in
from backend_architect.proof.access.viewers import by_rights, viewer_of
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe
from backend_architect.proof.routes import project_routes

ADVICE = "each form of the list's statement needs `where`, the read rule, and the read rules of the rows that it nests"
WHOLE, SHORT, SHORT_PAGES = 100, 2, 3


@dataclass(frozen=True, slots=True)
class ListTrial:
    """Everything that one list is tried with."""

    asking: Asking
    facts: RememberedAnswers
    list_rows: ListRows


def hidden_rows(lab: Lab) -> Iterator[Case]:
    """Give a case for each list and each caller who may ask for it, whoever sees most first: caches are filled then."""
    backend, was_used = lab.backend, bool(lab.backend.people)
    people = personas(backend)
    routes = [route for route in project_routes(lab.subject) if route.design and route.design.list]
    if not routes:
        yield skipped("lists", "the design has none")
        return
    shelves = tuple(stock(backend, route, people) for route in routes)
    let_members_in(backend, people)
    let_leave(backend, people)
    asking, facts = Asking(lab), RememberedAnswers(Judge(backend), wide=True)
    if was_used and any(list_rows.spec.cache_seconds for list_rows in shelves):
        asking.renew()  # whose caches know nothing of what other probes asked
    for list_rows in shelves:
        for persona in by_rights(facts, list_rows, people):
            yield _tried(ListTrial(asking, facts, list_rows), persona)
    yield from cached_lists(asking, facts.judge, shelves, people)
    for list_rows in shelves:
        for persona in by_rights(facts, list_rows, people)[:1]:
            yield from page_edge(asking, facts.judge, list_rows, persona)
    yield from kept_counts(backend)


def _tried(stage: ListTrial, persona: Persona) -> Case:
    """Return what came of the list, of its filters, its pages and its other parents for one caller."""
    shown = Shown(stage.facts, stage.list_rows, viewer_of(stage.facts, stage.list_rows, persona))
    walks, hidden = [], 0
    for parent in stage.list_rows.parents:
        is_first = parent == stage.list_rows.parents[0]
        for number, search in enumerate(shown.searches(parent)):
            if not is_first and number:
                break
            found = shown.found(parent, search)
            hidden += len(found) - len(shown.readable(found))
            walks.append(walk(stage.asking, persona, shown, (parent, search), limit=WHOLE, pages=PAGES))
            if is_first:
                walks.append(walk(stage.asking, persona, shown, (parent, search), limit=SHORT, pages=SHORT_PAGES))
    return _case(stage.list_rows, persona, walks, hidden)


def _case(list_rows: ListRows, persona: Persona, walks: list[Walk], hidden: int) -> Case:
    wrong = next((walk for walk in walks if walk.problems), None)
    answer = (wrong or walks[0]).answer
    case = answer.case(
        f"{list_rows.route.title} for {persona.name}",
        expected=f"every row that the rules show, in order, and none of the {hidden} that they hide",
        held=wrong is None,
        advice=ADVICE,
    )
    listed = f"{sum(len(walk.ids) for walk in walks)} rows in {len(walks)} lists"
    return replace(case, actual=f"{answer.status}, {many(wrong.problems) if wrong else listed}")


PROBE = Probe("hidden-rows", Group.ACCESS, "lists show every row that their caller may read, and no other", hidden_rows)
