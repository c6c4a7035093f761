"""P69: a cached list answers what was asked, whoever asked before: another filter, page or length is another answer."""

from collections.abc import Iterator
from urllib.parse import quote

from backend_architect.design.model import Entity
from backend_architect.design.routes import Route
from backend_architect.proof.attacks.addresses import address
from backend_architect.proof.backend import Backend
from backend_architect.proof.client import Actor, Exchange
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

ROWS = 5
ADVICE = "everything that the answer depends on belongs into the key, apart from each other"


def cached_lists(lab: Lab) -> Iterator[Case]:
    """Give for each cached list cases for what is asked after something else was, by somebody else."""
    cached = [route for route in lab.subject.routes if route.list and route.list.cache_seconds]
    if not cached:
        yield skipped("cached lists", "the design caches none")
    for route in cached:
        yield from _tried(lab.backend, route)


def _tried(backend: Backend, route: Route) -> Iterator[Case]:
    """Ask one thing after the other, each under words of its own; nobody else asks for these lengths."""
    warm, caller = backend.insider(), backend.anonymous()
    for _ in range(ROWS):
        backend.rows.make(route.row.name, warm.id)
    title = route.statement
    long, short = (_ask(backend, warm, route, f"limit={n}") for n in (4, 3))
    held = _length(long) == 4 and _length(short) == 3
    yield short.case(f"{title}: 3 after 4 were asked for", expected="3", held=held, advice=ADVICE)
    after = long.field("next")
    if isinstance(after, str):
        following = _ask(backend, caller, route, f"limit=4&after={quote(after)}")
        held = following.status == 200 and not _ids(long) & _ids(following)
        yield following.case(f"{title}: its second page", expected="other rows", held=held, advice=ADVICE)
    yield from _filtered(backend, route, (warm, caller))


def _filtered(backend: Backend, route: Route, people: tuple[Actor, Actor]) -> Iterator[Case]:
    spec, entity = route.list, route.row
    assert spec is not None and isinstance(entity, Entity)
    for name in spec.filters:
        column = entity.fields[name].column
        usual = _ask(backend, people[0], route, "limit=37")
        value = next((item.get(column) for item in _items(usual) if isinstance(item.get(column), str)), None)
        never = _ask(backend, people[0], route, f"limit=37&{column}=nothing-has-this")
        held = never.status >= 400 or not _items(never)
        yield never.case(f"{route.statement} with {column} of nothing, after all", expected="no rows", held=held,
                         advice=ADVICE)  # fmt: skip
        if value is None:
            continue
        for text in ("None", "null", ""):
            _ask(backend, people[0], route, f"limit=38&{column}={text}")
        fresh = _ask(backend, people[1], route, "limit=38")
        held = fresh.status == 200 and bool(_items(fresh))
        yield fresh.case(f"{route.statement} of all, after {column}=None", expected="rows", held=held, advice=ADVICE)
        one = _ask(backend, people[1], route, f"limit=36&{column}={quote(str(value))}")
        held = one.status == 200 and bool(_items(one)) and all(item.get(column) == value for item in _items(one))
        yield one.case(f"{route.statement} with {column}", expected=f"only {value}", held=held, advice=ADVICE)


def _ask(backend: Backend, who: Actor, route: Route, query: str) -> Exchange:
    return backend.client.ask(who, "GET", f"{address(route)}?{query}")


def _items(answer: Exchange) -> list[dict[str, object]]:
    items = answer.field("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _length(answer: Exchange) -> int:
    return len(_items(answer))


def _ids(answer: Exchange) -> set[str]:
    return {str(item.get("id")) for item in _items(answer)}


PROBE = Probe("P69", Group.ATTACKS, "a cached list answers what was asked, whoever asked before", cached_lists)
