"""Plurals and other names derived from the names in a design."""

import re

IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*\Z")
MAX_IDENTIFIER = 40
"""PostgreSQL cuts names at 63 bytes; index names join a table's and two columns' names."""


def plural_of(name: str) -> str:
    """Return the regular English plural of a snake_case noun; a design overrides it with `plural:`."""
    if re.search(r"[^aeiou]y$", name):
        return name[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", name):
        return name + "es"
    return name + "s"


def class_name(name: str) -> str:
    """Return a snake_case name as a class name: `order_line` → `OrderLine`."""
    return "".join(part.capitalize() for part in name.split("_"))


def words(name: str) -> str:
    """Return a snake_case name as words: `order_line` → `order line`."""
    return name.replace("_", " ")


def url_segment(name: str) -> str:
    """Return a name as it stands in a URL: `order_lines` and `order lines` → `order-lines`."""
    return name.replace("_", "-").replace(" ", "-")
