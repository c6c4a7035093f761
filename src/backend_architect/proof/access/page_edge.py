"""Lists at the edge of their limit: 100 of 101 rows and a next page, and no page of more."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from backend_architect.design.model import Edge, Entity
from backend_architect.postgres import Refused
from backend_architect.proof.access.facts import RememberedAnswers, many
from backend_architect.proof.access.judge import Judge
from backend_architect.proof.access.list_rows import ListRows, searched_words
from backend_architect.proof.access.pages import PAGES, Search, Shown, walk
from backend_architect.proof.access.personas import Persona
from backend_architect.proof.access.requests import Asking
from backend_architect.proof.access.viewers import viewer_of
from backend_architect.proof.backend import Backend
from backend_architect.proof.evidence import Case

MAX_PAGE = 100
BAD_LIMITS = (MAX_PAGE + 1, 10 * MAX_PAGE, 0, -1)
"""Limits that are refused."""
ADVICE = "a page has at most 100 rows; the statement reads one more, to tell whether another page follows"


def page_edge(asking: Asking, judge: Judge, list_rows: ListRows, persona: Persona) -> Iterator[Case]:
    """Give the case of a list with more than a page of rows; nothing where nobody may read as many."""
    entity = list_rows.design.row
    assert isinstance(entity, Entity)
    words = searched_words(entity, list_rows.spec)
    place = (list_rows.parents[0], Search({}, words[0] if words else ""))
    seen = _shown(judge, list_rows, persona)
    visible = seen.readable(seen.found(*place))
    if not visible:
        return
    with _many_like(asking.lab.backend, list_rows, place[0], visible[0]):
        shown = _shown(judge, list_rows, persona)
        if len(shown.readable(shown.found(*place))) > MAX_PAGE:
            yield _tried(asking, persona, shown, place)


def _shown(judge: Judge, list_rows: ListRows, persona: Persona) -> Shown:
    facts = RememberedAnswers(judge, wide=True)
    return Shown(facts, list_rows, viewer_of(facts, list_rows, persona))


def _tried(asking: Asking, persona: Persona, shown: Shown, place: tuple[str, Search]) -> Case:
    found = walk(asking, persona, shown, place, limit=MAX_PAGE, pages=PAGES)
    problems = [*found.problems, *_beyond(asking, persona, shown, place)]
    case = found.answer.case(
        f"{shown.list_rows.route.title} of more than {MAX_PAGE} rows for {persona.name}",
        expected=f"{MAX_PAGE} rows and a next page; 422 for a limit of {', '.join(map(str, BAD_LIMITS))}",
        held=not problems,
        advice=ADVICE,
    )
    return replace(case, actual=many(problems) if problems else f"{len(found.ids)} rows in pages of {MAX_PAGE}")


def _beyond(asking: Asking, persona: Persona, shown: Shown, place: tuple[str, Search]) -> Iterator[str]:
    parent, search = place
    for limit in BAD_LIMITS:
        answer = asking.send(shown.list_rows.request(parent, f"{search.query}limit={limit}"), persona)
        if answer.status != 422:
            yield f"{answer.status} for limit={limit}"


@contextmanager
def _many_like(backend: Backend, list_rows: ListRows, parent: str, row: str) -> Iterator[None]:
    """Let a list have a hundred more rows like one of its own, as long as the block lasts."""
    entity, through = list_rows.design.row, list_rows.spec.through
    edge = backend.design.rows_by_plural[through[0]] if through else None
    made: list[str] = []
    try:
        made += backend.rows.copies(entity.name, row, MAX_PAGE)
        if isinstance(edge, Edge) and through:
            side = edge.fields[through[1]]
            for each in made:
                backend.rows.make(edge.name, "", {side.column: parent, edge.other(side).column: each})
    except Refused:  # rows that must differ in more than one value: this list is tried with what there is
        pass
    yield
    if isinstance(edge, Edge) and through:
        other = edge.other(edge.fields[through[1]]).column
        backend.database.run(f'DELETE FROM "{edge.table}" WHERE "{other}" = ANY ($1::text[]::uuid[])', made)
    backend.database.run(f'DELETE FROM "{entity.table}" WHERE id = ANY ($1::text[]::uuid[])', made)
