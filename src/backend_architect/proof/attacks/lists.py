"""P34 to P36 and P69: pages are bounded, cursors cannot be forged, and cached lists are not mixed up."""

from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote

from backend_architect.design.model import Edge, Entity
from backend_architect.design.routes import Route
from backend_architect.proof.attacks.addresses import address
from backend_architect.proof.attacks.insiders import is_refused
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

CAP = 100
LONG_TEXT = 1_000
"""More characters than anybody searches for: whoever sends them wants the database to be busy."""
ROWS, PAGE, MAX_TRIES = 12, 5, 7  # a few requests: lists have limits
BOUND = "bound the limit: Query(ge=1, le=100)"
NOT_A_PLACE = ("limit=-1", "limit=0", "limit=1e30", "limit=ten", "after=1e30", "after=-1", "after=%27%20OR%201=1")


def page_size(lab: Lab) -> Iterator[Case]:
    """P34 to P36: no list gives more than its cap, and no place in it can be made up.

    Give for each list a case for a page without end, and one for each place that is none.
    """
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
            long = backend.client.ask(caller, "GET", f"{address(route)}?q={'a' * LONG_TEXT}")
            title = f"{route.statement} for a word of {LONG_TEXT} characters"
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
    parent = _rows(backend, caller, route, MAX_TRIES)
    whole, small = (_ids_in_order(_ask(backend, caller, route, f"limit={number}", parent)) for number in (ROWS, PAGE))
    if len(whole) <= PAGE:
        yield skipped(f"{route.statement} page by page", f"only {len(whole)} of the proof's rows belong to this list")
        return
    found, after = list(small), _ask(backend, caller, route, f"limit={PAGE}", parent)
    while isinstance(after.field("next"), str) and len(found) <= len(whole):
        after = _ask(backend, caller, route, f"limit={PAGE}&after={quote(str(after.field('next')))}", parent)
        found += _ids_in_order(after)
    held = found[: len(whole)] == whole if len(whole) == ROWS else found == whole
    actual = f"{len(found)} rows, {len(set(found))} of them different; {len(whole)} on one page"
    case = after.case(f"{route.statement} page by page", expected="each row once", held=held)
    yield replace(case, actual=actual)


def _ids_in_order(answer: Exchange) -> list[str]:
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


PAGE_SIZE = Probe("P34-P36", Group.ATTACKS, "every page has a cap, and begins where a page before it ended", page_size)


CACHED_ROWS = 5
ADVICE = "everything that the answer depends on belongs into the key, apart from each other"


def cached_lists(lab: Lab) -> Iterator[Case]:
    """P69: a cached list answers what was asked, whoever asked before: another filter, page or length, another answer.

    Give for each cached list cases for what is asked after something else was, by somebody else.
    """
    cached = [route for route in lab.subject.routes if route.list and route.list.cache_seconds]
    if not cached:
        yield skipped("cached lists", "the design caches none")
    for route in cached:
        yield from _tried(lab.backend, route)


def _tried(backend: Backend, route: Route) -> Iterator[Case]:
    """Ask one thing after the other, each under words of its own; nobody else asks for these lengths."""
    warm, caller = backend.insider(), backend.anonymous()
    for _ in range(CACHED_ROWS):
        backend.rows.make(route.row.name, warm.id)
    title = route.statement
    long, short = (_ask_cached(backend, warm, route, f"limit={n}") for n in (4, 3))
    held = _length(long) == 4 and _length(short) == 3
    yield short.case(f"{title}: 3 after 4 were asked for", expected="3", held=held, advice=ADVICE)
    after = long.field("next")
    if isinstance(after, str):
        following = _ask_cached(backend, caller, route, f"limit=4&after={quote(after)}")
        held = following.status == 200 and not _ids(long) & _ids(following)
        yield following.case(f"{title}: its second page", expected="other rows", held=held, advice=ADVICE)
    yield from _filtered(backend, route, (warm, caller))


def _filtered(backend: Backend, route: Route, people: tuple[Actor, Actor]) -> Iterator[Case]:
    spec, entity = route.list, route.row
    assert spec is not None and isinstance(entity, Entity)
    for name in spec.filters:
        column = entity.fields[name].column
        usual = _ask_cached(backend, people[0], route, "limit=37")
        value = next((item.get(column) for item in _items(usual) if isinstance(item.get(column), str)), None)
        never = _ask_cached(backend, people[0], route, f"limit=37&{column}=nothing-has-this")
        held = never.status >= 400 or not _items(never)
        yield never.case(f"{route.statement} with {column} of nothing, after all", expected="no rows", held=held,
                         advice=ADVICE)  # fmt: skip
        if value is None:
            continue
        for text in ("None", "null", ""):
            _ask_cached(backend, people[0], route, f"limit=38&{column}={text}")
        fresh = _ask_cached(backend, people[1], route, "limit=38")
        held = fresh.status == 200 and bool(_items(fresh))
        yield fresh.case(f"{route.statement} of all, after {column}=None", expected="rows", held=held, advice=ADVICE)
        one = _ask_cached(backend, people[1], route, f"limit=36&{column}={quote(str(value))}")
        held = one.status == 200 and bool(_items(one)) and all(item.get(column) == value for item in _items(one))
        yield one.case(f"{route.statement} with {column}", expected=f"only {value}", held=held, advice=ADVICE)


def _ask_cached(backend: Backend, who: Actor, route: Route, query: str) -> Exchange:
    return backend.client.ask(who, "GET", f"{address(route)}?{query}")


def _items(answer: Exchange) -> list[dict[str, object]]:
    items = answer.field("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _length(answer: Exchange) -> int:
    return len(_items(answer))


def _ids(answer: Exchange) -> set[str]:
    return {str(item.get("id")) for item in _items(answer)}


CACHED_LISTS = Probe("P69", Group.ATTACKS, "a cached list answers what was asked, whoever asked before", cached_lists)
