"""Small designs for the tests of decisions, each a line."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from backend_architect.design.model import (
    Action,
    Auth,
    Count,
    Design,
    Edge,
    Entity,
    Event,
    Field,
    FieldType,
    ListSpec,
    Load,
    Order,
)

NEWEST = Order("created_at", descending=True)


def text(name: str, **options: Any) -> Field:
    """Return a field of text."""
    return Field(name, FieldType.TEXT, max=400, **options)


def json(name: str) -> Field:
    """Return a free-form field."""
    return Field(name, FieldType.JSON)


def to(target: str, name: str = "", **options: Any) -> Field:
    """Return a relation."""
    return Field(name or target, FieldType.REFERENCE, to=target, **options)


def entity(name: str, *fields: Field, allow: tuple[Action, ...] = ("read", "create"), **options: Any) -> Entity:
    """Return an entity whose plural is its name and `s`."""
    return Entity(name, f"{name}s", {f.name: f for f in fields}, allow=dict.fromkeys(allow, "anyone"), **options)


def listing(of: str, name: str = "", **options: Any) -> ListSpec:
    """Return a list, newest first."""
    return ListSpec(name or f"all {of}", of, options.pop("order", NEWEST), **options)


def design(*entities: Entity, reads: float = 100, writes: float = 10, rows: Mapping[str, int] | None = None,
           users: int = 1_000, **options: Any) -> Design:  # fmt: skip
    """Return a design of some entities under a load."""
    load = Load(users=users, reads=reads, writes=writes, rows=rows or {})
    return Design("example", load=load, entities={e.name: e for e in entities}, **options)


def notes(**options: Any) -> Design:
    """Return one entity that is read and created, and nothing else."""
    return design(entity("note", text("body")), **options)


def counted_posts(reads: float, **options: Any) -> Design:
    """Return posts that count one comment each: one comment a second is written, `reads` posts are read."""
    post = entity("post", text("body"), allow=("read",), counts={"comments": Count("comments", "comments", "post")})
    comment = entity("comment", to("post"), allow=("create",))
    return design(post, comment, reads=reads, writes=1, rows={"posts": 1_000, "comments": 1_000}, **options)


def nested(paths: int) -> Design:
    """Return a design with that many paths of two relations, and three kinds of client."""
    leaf, root = entity("leaf", text("name")), entity("root", to("middle"))
    middle = entity("middle", *(to("leaf", f"leaf_{n}") for n in range(paths)))
    return design(leaf, middle, root, clients=("web", "mobile", "service"))


def entities(number: int, actions: tuple[Action, ...] = ("read", "create", "update", "delete")) -> Design:
    """Return a design of entities without a relation to each other."""
    return design(*(entity(f"thing_{n}", text("name"), allow=actions) for n in range(number)))


def sharing() -> Design:
    """Return posts, comments, likes and follows of 200 k users under 800 reads/s and 60 writes/s."""
    user = entity("user", text("name"), counts={"followers": Count("followers", "follows", "target")},
                  allow=("read", "update", "delete"))  # fmt: skip
    post = entity("post", to("user", "author", set="me"), text("body"), allow=("read", "create", "update", "delete"),
                  counts={"likes": Count("likes", "likes", "post")})  # fmt: skip
    comment = entity("comment", to("user", "author", set="me"), to("post"), text("body"))
    allow: Mapping[Action, str] = {"read": "anyone", "create": "signed_in", "delete": "signed_in"}
    follow = Edge("follow", "follows", (to("user", "follower"), to("user", "target")), allow=allow)
    like = Edge("like", "likes", (to("user"), to("post")), allow=allow)
    feed = "author in (select target from follows where follower = me)"
    lists = (
        listing("post", "feed", where=feed),
        listing("comment", "comments of post", by="post"),
        listing("post", "trending", where="created_at > now() - interval '24 hours'", order=Order("likes", True),
                cache_seconds=60),
        listing("post", "search", match=("body",)),
    )  # fmt: skip
    made = design(user, post, comment, users=200_000, reads=800, writes=60, lists=lists, auth=Auth("user"),
                  rows={"posts": 20_000_000, "comments": 60_000_000, "follows": 40_000_000, "likes": 200_000_000},
                  events=(Event("posts", "create", "notify_followers"),))  # fmt: skip
    return replace(made, edges={"follow": follow, "like": like})


def pinned(base: Design, **pins: str) -> Design:
    """Return the design with pins: `main_database="mongodb"` pins main-database."""
    return replace(base, pin={slug.replace("_", "-"): answer for slug, answer in pins.items()})
