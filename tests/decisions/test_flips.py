"""Every question: a design just below its threshold and one just above it are answered differently."""

from dataclasses import replace

import pytest

from backend_architect.decisions import decide_all, questions
from backend_architect.design.model import Auth, Design, Event

from .designs import counted_posts, design, entities, entity, json, listing, nested, notes, pinned, text, to

ACCOUNT = entity("user", text("name"))
GOOGLE, PASSWORD = Auth("user", ("google",)), Auth("user", ("password",))
JOB = (Event("notes", "create", "notify"),)


def _cached(reads: float) -> Design:
    """A list for each of a million parents, stale for a second: every read fills the cache."""
    note = entity("note", to("parent"), allow=())
    parent = entity("parent", text("name"), allow=())
    lists = (listing("note", by="parent", cache_seconds=1),)
    return design(parent, note, reads=reads, writes=0, rows={"parents": 1_000_000}, lists=lists)


def _documents(rows: int) -> Design:
    return design(entity("form", json("answers"), text("title")), rows={"forms": rows})


def _free_form(fields: int) -> Design:
    return design(entity("form", text("title"), *(json(f"part_{n}") for n in range(fields))))


BELOW_AND_ABOVE = {
    "api-style": (nested(19), "rest", nested(20), "graphql"),
    "versioning": (entities(74), "path", entities(75), "header"),
    "error-format": (nested(19), "problem-details", nested(20), "graphql-errors"),
    "authentication": (
        design(ACCOUNT, auth=PASSWORD, clients=("mobile",)), "tokens",
        design(ACCOUNT, auth=PASSWORD, clients=("mobile", "web")), "tokens-and-cookies",
    ),
    "sign-in": (
        design(ACCOUNT, auth=PASSWORD), "password",
        design(ACCOUNT, auth=Auth("user", ("password", "google"))), "password-and-providers",
    ),
    "password-hashing": (design(ACCOUNT, auth=GOOGLE), "none", design(ACCOUNT, auth=PASSWORD), "argon2id"),
    "transport-security": (notes(clients=("service",)), "https", notes(clients=("service", "web")), "https-and-hsts"),
    "rate-limits": (notes(reads=2_551, writes=0), "in-process", notes(reads=2_552, writes=0), "valkey"),
    "key-value-store": (notes(reads=2_551, writes=0), "none", notes(reads=2_552, writes=0), "valkey"),
    "main-database": (_free_form(3), "postgresql", _free_form(4), "mongodb"),
    "document-store": (_documents(3_999_999_999), "jsonb", _documents(4_000_000_000), "mongodb"),
    "identifiers": (notes(rows={"notes": 62_499_999_999}), "uuidv7", notes(rows={"notes": 62_500_000_000}), "bigint"),
    "counters": (counted_posts(76), "computed", counted_posts(77), "kept"),
    "migrations": (notes(rows={"notes": 999_999}), "plain-sql", notes(rows={"notes": 1_000_000}), "online-sql"),
    "pagination": (notes(), "none", notes(lists=(listing("note"),)), "keyset"),
    "architecture": (entities(59), "monolith", entities(60), "extract"),
    "queue": (notes(writes=999, events=JOB), "postgresql", notes(writes=1_000, events=JOB), "rabbitmq"),
    "cache": (_cached(1_028), "in-process", _cached(1_029), "valkey"),
    "pooling": (notes(reads=33_163, writes=0), "in-process", notes(reads=33_164, writes=0), "pgbouncer"),
    "read-coalescing": (notes(reads=6_802, writes=0), "none", notes(reads=6_803, writes=0), "coalesced"),
    "read-replicas": (notes(reads=35_555), "none", notes(reads=35_556), "replicas"),
    "sharding": (notes(writes=19_999), "none", notes(writes=20_000), "citus"),
    "hosting": (notes(reads=0.09, writes=0), "serverless", notes(reads=0.1, writes=0), "container"),
    "request-dispatch": (notes(reads=15_999, writes=0), "fastapi", notes(reads=16_000, writes=0), "starlette"),
    "slow-query-monitoring": (
        notes(reads=4_999, writes=0), "statements-and-log",
        notes(reads=5_000, writes=0), "statements-and-sample",
    ),
}  # fmt: skip


def test_every_question_has_its_case() -> None:
    assert set(BELOW_AND_ABOVE) == set(questions())


@pytest.mark.parametrize("slug", BELOW_AND_ABOVE)
def test_the_answer_changes_at_the_threshold(slug: str) -> None:
    below, low, above, high = BELOW_AND_ABOVE[slug]
    assert (decide_all(below)[slug].answer, decide_all(above)[slug].answer) == (low, high)


@pytest.mark.parametrize("slug", BELOW_AND_ABOVE)
def test_each_side_says_when_it_becomes_the_other(slug: str) -> None:
    below, low, above, high = BELOW_AND_ABOVE[slug]
    last = {"counters": ("post.comments counted", "post.comments kept")}.get(slug, (low, high))
    assert last[1] in {f.becomes for f in decide_all(below)[slug].flips_when if f.comparison == ">=" and not f.holds}
    assert last[0] in {f.becomes for f in decide_all(above)[slug].flips_when if f.comparison == "<" and not f.holds}


@pytest.mark.parametrize("slug", BELOW_AND_ABOVE)
def test_the_condition_is_near_on_both_sides(slug: str) -> None:
    below, _, above, _ = BELOW_AND_ABOVE[slug]
    for side in (below, above):
        conditions = decide_all(side)[slug].flips_when
        assert all(condition.nearness >= 0 for condition in conditions)
        assert any(condition.metric and condition.source for condition in conditions)


def test_all_on_aws_and_by_key_only_is_dynamodb() -> None:
    by_key = pinned(notes(), queue="sqs", hosting="serverless")
    assert decide_all(by_key)["main-database"].answer == "dynamodb"
    assert decide_all(pinned(notes(), queue="sqs"))["main-database"].answer == "postgresql"
    assert decide_all(replace(by_key, lists=(listing("note"),)))["main-database"].answer == "postgresql"


def test_a_group_that_is_tied_to_the_others_is_not_extracted() -> None:
    base = entities(60)
    tied = {n: replace(e, fields={"thing": to("thing_0", "thing")}) for n, e in base.entities.items()}
    assert decide_all(replace(base, entities=tied))["architecture"].answer == "monolith"


def test_a_worker_that_waits_keeps_a_small_design_in_a_container() -> None:
    assert decide_all(notes(reads=0.05, writes=0.01, events=JOB))["hosting"].answer == "container"
