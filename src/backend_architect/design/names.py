"""Plurals and other names derived from the names in a design."""

import re
from collections.abc import Container

IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
MAX_IDENTIFIER = 40
"""PostgreSQL cuts names at 63 bytes; index names join a table's and two columns' names."""


RESERVED_SQL = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "binary",
        "both",
        "case",
        "cast",
        "check",
        "collate",
        "collation",
        "column",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "false",
        "fetch",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "group",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "intersect",
        "into",
        "is",
        "isnull",
        "join",
        "lateral",
        "leading",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "natural",
        "not",
        "notnull",
        "null",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "outer",
        "overlaps",
        "placing",
        "primary",
        "references",
        "returning",
        "right",
        "select",
        "session_user",
        "similar",
        "some",
        "symmetric",
        "system_user",
        "table",
        "tablesample",
        "then",
        "to",
        "trailing",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
    ]
)
"""What PostgreSQL 18 reserves: none of these can be a column or an alias without quotes."""


OWN_ALIASES = frozenset(
    {
        *(
            "allowed",
            "asked",
            "candidate",
            "changed",
            "chosen",
            "counted",
            "created",
            "excluded",
            "gone",
            "made",
            "new",
            "old",
            "put",
        ),
        *("sent", "source", "updated"),
    }
)
"""What statements and triggers call the rows that they make on the way."""


def safe_name(name: str, taken: Container[str] = ()) -> str:
    """Return the name as an alias in SQL: `order_` where SQL reserves `order`, or a statement has one of that name.

    No name of a design ends with `_`, so that this is always free.
    """
    return f"{name}_" if name in RESERVED_SQL or name in OWN_ALIASES or name in taken else name


def plural_of(name: str) -> str:
    """Return the regular English plural of a snake_case noun; a design overrides it with `plural:`."""
    if re.search(r"[^aeiou]y$", name):
        return name[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", name):
        return name + "es"
    return name + "s"


def camel_case(name: str) -> str:
    """Return a snake_case name as a class would be called: `order_line` → `OrderLine`."""
    return "".join(part.capitalize() for part in name.split("_"))


def words(name: str) -> str:
    """Return a snake_case name as words: `order_line` → `order line`."""
    return name.replace("_", " ")


def url_segment(name: str) -> str:
    """Return a name as it stands in a URL: `order_lines` and `order lines` → `order-lines`."""
    return name.replace("_", "-").replace(" ", "-")
