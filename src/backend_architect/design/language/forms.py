"""The small forms of the language: names, quantities, rates, durations, orders, limits and routes."""

import re
from decimal import Decimal

from backend_architect.design.kinds import TextForm
from backend_architect.design.model import Order
from backend_architect.design.names import MAX_IDENTIFIER

SUFFIXES = {"": 1, "k": 1_000, "M": 1_000_000, "B": 1_000_000_000}
UNIT_SECONDS = {"s": 1, "second": 1, "minute": 60, "hour": 3600, "day": 86400}
UNIT_MS = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
LARGEST = 10**15
NAME = "[a-z][a-z0-9]*(?:_[a-z0-9]+)*"
_DIGITS = "[0-9](?:_?[0-9])*"
_SUFFIX_FIX = "write e.g. 500, 200_000, 20k, 20M or 2B"


def _quantity(match: re.Match[str]) -> int:
    number = Decimal(match["number"].replace("_", "")) * SUFFIXES[match["suffix"] or ""]
    if number != int(number):
        raise ValueError(f"`{match[0]}` is not a whole number")
    if abs(number) > LARGEST:
        raise ValueError(f"`{match[0]}` is too large")
    return int(number)


def _number(match: re.Match[str]) -> int | float:
    text = match[0].replace("_", "")
    number = float(text) if "." in text else int(text)
    if abs(number) > LARGEST:
        raise ValueError(f"`{match[0]}` is too large")
    return number


def _rate(match: re.Match[str]) -> float:
    number = float(match["number"].replace("_", "")) * SUFFIXES[match["suffix"] or ""]
    return number / UNIT_SECONDS[match["unit"]]


def _milliseconds(match: re.Match[str]) -> int:
    total = int(match["number"].replace("_", "")) * UNIT_MS[match["unit"]]
    if not 1 <= total <= UNIT_MS["h"]:
        raise ValueError(f"`{match[0]}` is not between 1ms and 1h")
    return total


def _seconds(match: re.Match[str]) -> int:
    total = int(match["number"].replace("_", "")) * UNIT_SECONDS[_LONG_UNIT[match["unit"]]]
    if not 1 <= total <= UNIT_SECONDS["day"]:
        raise ValueError(f"`{match[0]}` is not between 1s and 1d")
    return total


_LONG_UNIT = {"s": "second", "m": "minute", "h": "hour", "d": "day"}


def _order(match: re.Match[str]) -> Order:
    if match["word"]:
        return Order("created_at", descending=match["word"] == "newest")
    return Order(match["field"], descending=match["direction"] == "desc")


def _pair(match: re.Match[str]) -> tuple[str, str]:
    return match["plural"], match["field"]


def _limit(match: re.Match[str]) -> tuple[int, int, str | None]:
    count = int(match["number"].replace("_", "")) * SUFFIXES[match["suffix"] or ""]
    if not 1 <= count <= LARGEST:
        raise ValueError(f"`{match[0]}` lets nobody through")
    return count, UNIT_SECONDS[match["unit"]], match["per"]


def _route(match: re.Match[str]) -> tuple[str, str]:
    return match["method"], match["path"]


IDENTIFIER = TextForm("a name", NAME, "bad-name", "names are snake_case: `order_line`", max=MAX_IDENTIFIER)
BACKEND = TextForm("a name", "[a-z][a-z0-9]*(?:-[a-z0-9]+)*", "bad-name", "write it like `social-sharing`", max=60)
DECISION = TextForm("a decision", "[a-z][a-z0-9]*(?:-[a-z0-9]+)*", "bad-name", "write it like `main-database`", max=60)
LIST_NAME = TextForm(
    "a list's name", f"{NAME}(?: of {NAME})?", "bad-name", "write `trending`, or `posts of user` with a parent", max=84
)
QUANTITY = TextForm(
    "a whole number, zero or more",
    rf"(?P<number>{_DIGITS}(?:\.[0-9]+)?)(?P<suffix>[kMB])?",
    "bad-number",
    _SUFFIX_FIX,
    means=_quantity,
    max=30,
    also=("integer",),
    minimum=0,
)
INTEGER = TextForm(
    "a whole number",
    rf"(?P<number>-?{_DIGITS}(?:\.[0-9]+)?)(?P<suffix>[kMB])?",
    "bad-number",
    _SUFFIX_FIX,
    means=_quantity,
    max=30,
    also=("integer",),
)
NUMBER = TextForm(
    "a number", rf"-?{_DIGITS}(?:\.[0-9]+)?", "bad-number", "write e.g. 0.5", means=_number, max=30, also=("number",)
)
RATE = TextForm(
    "a rate",
    rf"(?P<number>{_DIGITS}(?:\.[0-9]+)?)(?P<suffix>[kMB])?/(?P<unit>s|second|minute|hour|day)",
    "bad-rate",
    "write e.g. 800/s, 60/minute, 5/hour or 1000/day",
    means=_rate,
    max=40,
)
MILLISECONDS = TextForm(
    "a duration",
    rf"(?P<number>{_DIGITS})(?P<unit>ms|s|m|h)",
    "bad-duration",
    "write e.g. 200ms or 2s",
    means=_milliseconds,
    max=30,
)
SECONDS = TextForm(
    "a duration",
    rf"(?P<number>{_DIGITS})(?P<unit>s|m|h|d)",
    "bad-duration",
    "write e.g. 60s, 5m or 1h",
    means=_seconds,
    max=30,
)
ORDER = TextForm(
    "an order",
    rf"(?P<word>newest|oldest)|(?P<field>{NAME})(?: (?P<direction>asc|desc))?",
    "bad-order",
    "write newest, oldest, or a field with asc or desc: `price asc`",
    means=_order,
    max=50,
)
PLURAL_FIELD = TextForm(
    "a plural and a relation of it",
    rf"(?P<plural>{NAME})\.(?P<field>{NAME})",
    "bad-pair",
    "write e.g. `likes.post`: the rows of `likes` whose `post` is meant",
    means=_pair,
    max=90,
)
DOTTED = TextForm("a field", rf"{NAME}(?:\.{NAME})*", "bad-name", "write `audience` or `post.audience`", max=200)
TARGET = TextForm(
    "a related field", rf"{NAME}\.{NAME}", "bad-name", "write the relation and its field: `product.stock`", max=90
)
SETTABLE = TextForm(
    "a field",
    rf"{NAME}(?:\.{NAME})?",
    "bad-name",
    "write the field, or a relation and its field: `copy.available`",
    max=90,
)
LIMIT_TARGET = TextForm(
    "something that can be limited",
    rf"{NAME}\.{NAME}|{LIST_NAME.pattern}",
    "bad-limit",
    "write sign_in, everything, `<plural>.<action>` or a list's name",
    max=90,
)
LIMIT = TextForm(
    "a limit",
    rf"(?P<number>{_DIGITS})(?P<suffix>[kM])?/(?P<unit>s|second|minute|hour|day)(?: per (?P<per>user|ip))?",
    "bad-limit",
    "write e.g. 20/hour or `5/minute per ip`",
    means=_limit,
    max=50,
)
EVENT_NAME = TextForm(
    "an event",
    rf"(?P<plural>{NAME})\.(?P<action>(?!read$){NAME})",
    "bad-event",
    "write `<plural>.<action>` with create, update, delete or an action of the entity: `posts.create`",
    means=lambda match: (match["plural"], match["action"]),
    max=60,
)
ROUTE = TextForm(
    "a route",
    r"(?P<method>GET|POST|PUT|PATCH|DELETE) (?P<path>(?:/(?:[a-z][a-z0-9]*(?:-[a-z0-9]+)*|\{[a-z_]+\}))+)",
    "bad-route",
    "write a method and a path without the version: `POST /posts/{id}/report`",
    means=_route,
    max=150,
)
CURRENCY = TextForm("a currency", "[A-Z]{3}", "bad-currency", "write its ISO 4217 code: EUR", max=3)
CONTENT_TYPE = TextForm(
    "a content type", r"[a-z]+/[a-z0-9][a-z0-9.+-]*", "bad-content-type", "write e.g. image/png", max=100
)
CODE_PATH = TextForm(
    "a path to a Python file",
    r"[A-Za-z0-9_./-]+\.py",
    "bad-path",
    "write a path under app/, e.g. app/posts/report.py",
    max=150,
)
