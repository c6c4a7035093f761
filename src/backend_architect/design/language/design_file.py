"""How the whole file is written, and the parts beside entities and edges."""

import re
from dataclasses import dataclass
from typing import Any, get_args

from backend_architect.design.kinds import ClosedWord, Expression, Schema, Text, TextForm, Value
from backend_architect.design.language.forms import (
    BACKEND,
    CODE_PATH,
    DECISION,
    DOTTED,
    EVENT_NAME,
    IDENTIFIER,
    INTEGER,
    LIMIT,
    LIMIT_TARGET,
    LIST_NAME,
    MILLISECONDS,
    ORDER,
    PLURAL_FIELD,
    QUANTITY,
    RATE,
    ROUTE,
    SECONDS,
)
from backend_architect.design.language.rows import EDGE, ENTITY
from backend_architect.design.model import ACTIONS, Client, Persona, SignIn, Unconfirmed
from backend_architect.design.nodes import Node
from backend_architect.design.reading_result import ProblemCollector
from backend_architect.design.shapes import Key, ListOf, MapOf, Record

LANGUAGE_VERSION = 1

LOAD = Record(
    "`load`",
    (
        Key("users", QUANTITY, "the number of accounts", default=10_000),
        Key("reads", RATE, "reading requests at the busiest hour: 800/s", default="50/s"),
        Key("writes", RATE, "writing requests at the busiest hour: 60/s", default="5/s"),
        Key("p95", MILLISECONDS, "the latency that 95 of 100 answers keep: 200ms", default="200ms"),
        Key("rows", MapOf(IDENTIFIER, QUANTITY, "rows by plural"), "how many rows each table will hold: {posts: 20M}"),
    ),
)
AUTH = Record(
    "`auth`",
    (
        Key("account", IDENTIFIER, "the entity that is an account", required=True),
        Key(
            "sign_in",
            ListOf(ClosedWord("a way to sign in", get_args(SignIn)), "ways to sign in", 1, 4),
            "the ways to sign in",
            default=["password"],
        ),
        Key("roles", ListOf(IDENTIFIER, "roles", 0, 20), "roles an operator can give to an account: [moderator]"),
        Key(
            "unconfirmed",
            ClosedWord("what an unconfirmed account may do", get_args(Unconfirmed)),
            "what an account may do before its address is confirmed by mail; without it nothing is mailed",
        ),
    ),
)
LIST = Record(
    "a list",
    (
        Key("of", IDENTIFIER, "the entity that is listed", required=True),
        Key("by", IDENTIFIER, "the relation to the parent in the list's name: author"),
        Key("through", PLURAL_FIELD, "the edge and its side that is the parent: follows.target"),
        Key("where", Expression(), "an SQL condition on the rows"),
        Key("match", ListOf(IDENTIFIER, "text fields", 1, 10), "fields searched by ?q= in full text"),
        Key(
            "filter", ListOf(IDENTIFIER, "fields", 0, 20), "fields a caller may ask to be equal to a value; at most two"
        ),
        Key("order", ORDER, "newest, oldest, or a field with asc or desc", default="newest"),
        Key("allow", Expression(), "who may ask for the list; read rules apply to its rows besides", default="anyone"),
        Key("cache", SECONDS, "how long an answer may be kept: 60s"),
    ),
    elsewhere=(("limit", "pages have 1 to 100 rows always; remove the key"), ("sort", "write `order`")),
)
EVENT = Record(
    "an event",
    (
        Key("run", IDENTIFIER, "the function that the worker calls, at least once, after the commit", required=True),
        Key("retries", QUANTITY, "how often a failed call is tried again", default=5),
    ),
)
CUSTOM = Record(
    "a hand-written use case",
    (
        Key("route", ROUTE, "the method and the path without the version: POST /posts/{id}/report", required=True),
        Key("code", CODE_PATH, "the file of yours that holds it, under app/", required=True),
        Key("allow", Expression(), "who may use it: a rule of the entity that the path names", required=True),
    ),
)


def _one_action(values: dict[str, Any], path: str, found: ProblemCollector) -> None:
    given = [action for action in ACTIONS if action in values]
    if len(given) != 1:
        message = "a check does one thing, and this does " + (" and ".join(given) or "nothing")
        found.add("check-action", message, found.places[path], path, "write one of read, create, update, delete")


CHECK = Record(
    "a check",
    (
        Key(
            "as", ClosedWord("somebody", get_args(Persona)), "who asks: moderator is anybody with a role", required=True
        ),
        *(Key(action, IDENTIFIER, f"the entity or edge to {action}") for action in ACTIONS),
        Key("given", MapOf(DOTTED, Value(), "values by field"), "values of the row, or of rows it points to"),
        Key("expect", INTEGER, "the HTTP status that must come: 404", required=True),
    ),
    also=_one_action,
    extra={"oneOf": [{"required": [action]} for action in ACTIONS]},
)


def _version(match: re.Match[str]) -> int:
    if int(match[0]) != LANGUAGE_VERSION:
        raise ValueError(f"this tool reads version {LANGUAGE_VERSION} of the language, and this is version {match[0]}")
    return LANGUAGE_VERSION


VERSION = TextForm("a version of the language", "[0-9]{1,6}", "wrong-version", "write `design: 1`", means=_version)


@dataclass(frozen=True, slots=True)
class VersionKind:
    """The version of the language, which is 1."""

    def read(self, node: Node, path: str, found: ProblemCollector) -> int | None:
        """Return the version."""
        version: int | None = VERSION.read(node, path, found)
        return version

    def schema(self) -> Schema:
        """Return the one version that is read."""
        return {"const": LANGUAGE_VERSION}


DESIGN = Record(
    "a design",
    (
        Key("design", VersionKind(), "the version of this language, which is 1", required=True),
        Key("backend", BACKEND, "the backend's name: social-sharing", required=True),
        Key("summary", Text(2000), "what it does, in a sentence"),
        Key("assumptions", ListOf(Text(500), "texts", 0, 100), "what was guessed; delete a line to confirm it"),
        Key(
            "clients",
            ListOf(ClosedWord("a client", get_args(Client)), "clients", 1, 3),
            "who calls it; decides sessions or tokens",
            default=["web", "mobile"],
        ),
        Key("load", LOAD, "what it must hold; decisions and proofs use it"),
        Key(
            "pin",
            MapOf(DECISION, Text(200), "answers by decision"),
            "decisions you take yourself: {main-database: mongodb}",
        ),
        Key("auth", AUTH, "how people sign in; without it everything is anonymous"),
        Key("limits", MapOf(LIMIT_TARGET, LIMIT, "limits by target"), "rate limits: {everything: 300/minute}"),
        Key(
            "entities",
            MapOf(IDENTIFIER, ENTITY, "entities"),
            "the resources, each with fields and who may do what",
            required=True,
        ),
        Key(
            "edges",
            MapOf(IDENTIFIER, EDGE, "edges"),
            "pairs such as like and follow: unique, with idempotent PUT and DELETE",
        ),
        Key("lists", MapOf(LIST_NAME, LIST, "lists"), "the lists that exist, each one planned and bounded query"),
        Key(
            "events", MapOf(EVENT_NAME, EVENT, "events"), "work that leaves the request: {posts.create: {run: notify}}"
        ),
        Key("custom", ListOf(CUSTOM, "hand-written use cases"), "use cases that your own code holds"),
        Key(
            "confirm",
            ListOf(Text(200), "warnings", 0, 200),
            "warnings of `architect check` that are meant: counts-hidden-rows entities.post.counts.replies",
        ),
        Key("checks", ListOf(CHECK, "checks"), "cases that must hold, beyond those derived from the rules"),
    ),
    elsewhere=(
        ("name", "write `backend`"),
        ("version", "write `design`"),
        ("models", "write `entities`"),
        ("resources", "write `entities`"),
    ),
)
