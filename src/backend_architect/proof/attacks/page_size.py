"""P34 to P36: no list gives more than its cap, and no place in it can be made up."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from backend_architect.design.model import Edge
from backend_architect.design.routes import Route
from backend_architect.proof.attacks.addresses import address
from backend_architect.proof.attacks.callers import is_refused
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

CAP = 100
LONG = 1_000
"""More characters than anybody searches for: whoever sends them wants the database to be busy."""
SEEN, PAGE, FEW = 12, 5, 7  # a few requests: lists have limits
BOUND = "bound the limit: Query(ge=1, le=100)"
NOT_A_PLACE = ("limit=-1", "limit=0", "limit=1e30", "limit=ten", "after=1e30", "after=-1", "after=%27%20OR%201=1")


def page_size(lab: Lab) -> Iterator[Case]:
    """Give for each list a case for a page without end, and one for each place that is none."""
    backend = lab.backend
    lists = [route for route in lab.subject.routes if route.list]
    if not lists:
        yield skipped("the size of a page", "the design has no lists")
    for route in lists:
        caller = backend.insider()
        yield _without_end(backend, caller, route)
        for wrong in NOT_A_PLACE:
            answer = _ask(backend, caller, route, wrong)
            yield answer.case(f"{route.statement} with {wrong}", expected="4xx", held=is_refused(answer))
        if route.list and route.list.match:
            long = backend.client.ask(caller, "GET", f"{address(route)}?q={'a' * LONG}")
            title = f"{route.statement} for a word of {LONG} characters"
            yield long.case(title, expected="422", held=long.status == 422, advice="bound the search: max_length=200")
        yield _offset(backend, caller, route)
        yield from _edge(backend, caller, route)
        yield from _walked(backend, caller, route)


def _edge(backend: Backend, caller: Actor, route: Route) -> Iterator[Case]:
    """Give the cases of the largest page, and of one row more."""
    most, more = (_ask(backend, caller, route, f"limit={number}") for number in (CAP, CAP + 1))
    yield most.case(f"{route.statement} with limit={CAP}", expected="200", held=most.status == 200)
    held = more.status == 422
    yield more.case(f"{route.statement} with limit={CAP + 1}", expected="422", held=held, advice=BOUND)


def _walked(backend: Backend, caller: Actor, route: Route) -> Iterator[Case]:
    """Give the case of a list read page by page: every row of one large page, in its order, each of them once."""
    if route.list and route.list.cache_seconds:
        yield skipped(f"{route.statement} page by page", "its pages are cached, and may be of different moments")
        return
    parent = _rows(backend, caller, route, FEW)
    whole, small = (_ids(_ask(backend, caller, route, f"limit={number}", parent)) for number in (SEEN, PAGE))
    if len(whole) <= PAGE:
        yield skipped(f"{route.statement} page by page", f"only {len(whole)} of the proof's rows belong to this list")
        return
    found, after = list(small), _ask(backend, caller, route, f"limit={PAGE}", parent)
    while isinstance(after.field("next"), str) and len(found) <= len(whole):
        after = _ask(backend, caller, route, f"limit={PAGE}&after={quote(str(after.field('next')))}", parent)
        found += _ids(after)
    held = found[: len(whole)] == whole if len(whole) == SEEN else found == whole
    came = f"{len(found)} rows, {len(set(found))} of them different; {len(whole)} on one page"
    case = after.case(f"{route.statement} page by page", expected="each row once", held=held)
    yield replace(case, came=came)


def _ids(answer: Exchange) -> list[str]:
    items = answer.field("items")
    return [str(item.get("id")) for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _ask(backend: Backend, caller: Actor, route: Route, query: str, parent: str = "") -> Exchange:
    needed = "q=hello&" if route.list and route.list.match else ""
    return backend.client.ask(caller, "GET", f"{address(route, parent)}?{needed}{query}")


def _without_end(backend: Backend, caller: Actor, route: Route) -> Case:
    title, expected = f"{route.statement} with limit=1000000000", f"422, or at most {CAP} and a next page"
    answer = _ask(backend, caller, route, "limit=1000000000")
    if answer.status == 200:
        answer = _ask(backend, caller, route, "limit=1000000000", _more_than_a_page(backend, caller, route))
    items = answer.field("items")
    shown = len(items) if isinstance(items, list) else 0
    if answer.status == 200 and shown < CAP:
        return skipped(title, f"it is answered, and only {shown} of the proof's {CAP + 1} rows belong to this list")
    held = answer.status == 422 or (answer.status == 200 and shown == CAP and bool(answer.field("next")))
    return answer.case(title, expected=expected, held=held, advice=BOUND)


def _more_than_a_page(backend: Backend, caller: Actor, route: Route) -> str:
    """Make more rows than a page holds, and return the id of their parent, if the list has one."""
    return _rows(backend, caller, route, CAP + 1)


def _rows(backend: Backend, caller: Actor, route: Route, number: int) -> str:
    """Make so many rows of a list, and return the id of their parent, if it has one."""
    rows, parent, spec = backend.rows, route.parent, route.list
    owner = caller.id if parent is None or parent.set == "me" else rows.make(parent.to or "", caller.id)
    given = {parent.column: owner} if parent else {}
    edge = backend.design.rows_by_plural[spec.through[0]] if spec and spec.through else None
    for _ in range(number):
        if isinstance(edge, Edge) and parent:
            other = edge.other(parent)
            rows.make(edge.name, caller.id, given | {other.column: rows.make(other.to or "", caller.id)})
        else:
            rows.make(route.row.name, caller.id, given)
    return owner


def _offset(backend: Backend, caller: Actor, route: Route) -> Case:
    """Pages are not counted: an offset is refused, or it changes nothing."""
    usual, moved = (_ask(backend, caller, route, query) for query in ("limit=5", "limit=5&offset=1e30"))
    held = 400 <= moved.status < 500 or (moved.status, moved.json()) == (usual.status, usual.json())
    return moved.case(f"{route.statement} with offset=1e30", expected="4xx, or the same page", held=held)


PROBE = Probe("P34-P36", Group.ATTACKS, "every page has a cap, and begins where a page before it ended", page_size)
