"""Small designs of any content, for properties that hold of all: names and texts are odd, shapes are right."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from backend_architect.design.model import (
    Auth,
    Check,
    Computed,
    Count,
    Custom,
    Design,
    Edge,
    Entity,
    Event,
    Field,
    FieldType,
    Limit,
    ListSpec,
    Load,
    NoOverlap,
    Order,
)

NAMES = st.from_regex(r"[a-z][a-z0-9]{0,7}(_[a-z0-9]{1,6})?", fullmatch=True)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=60).filter(str.strip)
EXPRESSIONS = st.one_of(
    TEXTS.map(str.strip),
    st.sampled_from(
        ["author = me", "a in ('x', 'y')", "anyone", "true", "a = 'it''s'", "x " * 70 + "y", "1 < 2", "- a"]
    ),
)
DECIMALS = st.integers(-(10**9), 10**9).map(lambda number: number / 1000)
COUNTS = st.integers(0, 10**9)
AMOUNTS = st.one_of(COUNTS, st.sampled_from([20_000_000, 2_000_000_000, 10_000, 200_000]))


def named(values: st.SearchStrategy[Any], size: int = 3) -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings from names to values."""
    return st.dictionaries(NAMES, values, max_size=size)


def keyed(make: Callable[[str], st.SearchStrategy[Any]], size: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Return mappings from names to values that know their name."""
    lists = st.lists(NAMES.flatmap(make), max_size=size, unique_by=lambda item: item.name)
    return lists.map(lambda items: {item.name: item for item in items})


def many(values: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    """Return short tuples."""
    return st.lists(values, min_size=least, max_size=3).map(tuple)


@st.composite
def fields(draw: st.DrawFn, name: str) -> Field:
    """Return one field of any type, with what its type can say."""
    kind = draw(st.sampled_from(FieldType))
    said: dict[str, Any] = {
        "optional": draw(st.booleans()),
        "unique": draw(st.booleans()),
        "set": draw(st.none() | EXPRESSIONS),
        "read": draw(st.none() | EXPRESSIONS),
        "default": draw(st.none() | TEXTS | st.integers(-(10**6), 10**6) | st.booleans() | DECIMALS),
    }
    if kind in {FieldType.TEXT, FieldType.SLUG, FieldType.EMAIL, FieldType.URL}:
        said |= {"min": draw(st.none() | COUNTS), "max": draw(st.none() | AMOUNTS)}
    elif kind in {FieldType.INTEGER, FieldType.MONEY}:
        said |= {"min": draw(st.none() | st.integers(-(10**12), 10**12)), "max": draw(st.none() | AMOUNTS)}
    elif kind is FieldType.DECIMAL:
        said |= {"min": draw(st.none() | DECIMALS), "scale": draw(st.integers(0, 9))}
    elif kind is FieldType.LIST:
        said |= {"item": draw(st.sampled_from([FieldType.TEXT, FieldType.DATE])), "max": draw(COUNTS)}
    elif kind is FieldType.FILE:
        said |= {"max": draw(AMOUNTS), "content_types": draw(st.sampled_from([(), ("image/png", "text/csv")]))}
    elif kind is FieldType.ONE_OF:
        said |= {"choices": draw(many(TEXTS, 1))}
    elif kind is FieldType.REFERENCE:
        on_delete = draw(st.sampled_from(["cascade", "restrict", "set null"]))
        said |= {"to": draw(NAMES), "on_delete": on_delete, "show": draw(st.none() | many(NAMES))}
    if kind is FieldType.MONEY:
        said |= {"currency": draw(st.sampled_from([None, "EUR", "CHF"]))}
    return Field(name, kind, **said)


@st.composite
def entities(draw: st.DrawFn, name: str) -> Entity:
    """Return one entity."""
    kinds = st.sampled_from([FieldType.BOOLEAN, FieldType.MONEY, FieldType.TEXT])
    changes = st.dictionaries(st.tuples(NAMES, NAMES).map(".".join), EXPRESSIONS, min_size=1, max_size=2)
    return Entity(
        name=name,
        plural=draw(NAMES),
        fields=draw(keyed(fields, 3)),
        counts=draw(keyed(lambda n: st.builds(Count, st.just(n), NAMES, NAMES))),
        computed=draw(keyed(lambda n: st.builds(Computed, st.just(n), EXPRESSIONS, kinds))),
        rules=draw(named(EXPRESSIONS)),
        allow=draw(st.dictionaries(st.sampled_from(["read", "create", "update", "delete"]), EXPRESSIONS)),
        accepts=draw(st.dictionaries(st.sampled_from(["create", "update"]), many(NAMES))),
        unique=draw(many(many(NAMES, 1))),
        constraints=draw(named(EXPRESSIONS)),
        no_overlap=draw(st.none() | st.builds(NoOverlap, NAMES, NAMES, many(NAMES, 1))),
        effects=draw(st.dictionaries(st.sampled_from(["create", "delete"]), changes)),
    )


@st.composite
def edges(draw: st.DrawFn, name: str) -> Edge:
    """Return one edge."""
    sides = draw(st.lists(NAMES, min_size=2, max_size=2, unique=True))
    pair = [
        Field(side, FieldType.REFERENCE, to=draw(NAMES), on_delete="cascade", set=draw(st.sampled_from([None, "me"])))
        for side in sides
    ]
    extra = draw(keyed(fields))
    allow = draw(st.dictionaries(st.sampled_from(["read", "create", "delete"]), EXPRESSIONS))
    kept = {key: value for key, value in extra.items() if key not in sides}
    return Edge(name, draw(NAMES), (pair[0], pair[1]), kept, draw(named(EXPRESSIONS)), allow)


LIST_NAMES = st.one_of(NAMES, st.tuples(NAMES, NAMES).map(" of ".join))
LISTS = st.builds(
    ListSpec,
    name=LIST_NAMES,
    of=NAMES,
    order=st.builds(Order, NAMES | st.just("created_at"), st.booleans()).filter(
        lambda o: o.field not in {"newest", "oldest"}
    ),
    where=st.none() | EXPRESSIONS,
    by=st.none() | NAMES,
    through=st.none() | st.tuples(NAMES, NAMES),
    match=many(NAMES),
    filters=many(NAMES),
    allow=EXPRESSIONS,
    cache_seconds=st.none() | st.integers(1, 86_400),
)
LOADS = st.builds(
    Load,
    users=AMOUNTS,
    reads=DECIMALS.map(abs) | st.sampled_from([800.0, 1 / 60, 20 / 3600, 5 / 86400]),
    writes=DECIMALS.map(abs) | COUNTS.map(float),
    p95_ms=st.integers(1, 3_600_000),
    rows=named(AMOUNTS),
)
TARGETS = st.one_of(LIST_NAMES, st.just("everything"), NAMES.map("{}.create".format))
LIMITS = st.builds(
    Limit, TARGETS, st.integers(1, 10**6), st.sampled_from([1, 60, 3600, 86400]), st.sampled_from([None, "user", "ip"])
)
GIVEN = st.dictionaries(
    NAMES | st.tuples(NAMES, NAMES).map(".".join), TEXTS | st.integers() | st.booleans(), max_size=2
)
ACTION = st.sampled_from(["read", "create", "update", "delete"])
PERSONA = st.sampled_from(["anonymous", "stranger", "owner", "moderator"])

DESIGNS = st.builds(
    Design,
    name=st.just("a-backend"),
    summary=st.just("") | TEXTS,
    assumptions=many(TEXTS),
    confirmed=many(TEXTS),
    clients=st.just(("web",)) | st.just(("mobile", "service")),
    load=st.just(Load()) | LOADS,
    pin=named(TEXTS).map(lambda pins: {key.replace("_", "-"): value for key, value in pins.items()}),
    auth=st.none() | st.builds(Auth, NAMES, st.just(("password", "google")), many(NAMES)),
    limits=st.lists(LIMITS, max_size=3, unique_by=lambda limit: limit.target).map(tuple),
    entities=keyed(entities),
    edges=keyed(edges),
    lists=st.lists(LISTS, max_size=3, unique_by=lambda spec: spec.name).map(tuple),
    events=st.lists(
        st.builds(Event, NAMES, st.sampled_from(["create", "update", "delete"]), NAMES, COUNTS),
        max_size=2,
        unique_by=lambda event: (event.plural, event.action),
    ).map(tuple),
    custom=many(st.builds(Custom, st.just("POST"), st.just("/a/{id}/b"), st.just("app/a/b.py"), EXPRESSIONS)),
    checks=many(st.builds(Check, PERSONA, ACTION, NAMES, GIVEN, st.integers(100, 599))),
)
