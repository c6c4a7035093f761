"""How large PostgreSQL builds a GIN index, from how many rows have each of its elements alone.

An element is stored once, with a compressed list of its rows; a long list has pages of its own. The figures are those
of ginentrypage.c, ginpostinglist.c and gindatapage.c.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from backend_architect.planner_twin.model import GinPages

ROOM = 8192 - 24 - 8
HEAD, POINTER = 8, 4
LIST_HEAD = 8  # the first row's address, and the length
LONGEST_TUPLE = 2600  # a longer list has pages of its own
SEGMENT = 256
FILLED = 0.53  # entries come in order, and a full page is halved


@dataclass(frozen=True, slots=True)
class Elements:
    """So many elements, each in so many rows and of so many bytes."""

    number: float
    rows: float
    width: float


def gin_size(groups: Iterable[Elements], table_pages: int) -> GinPages:
    """Return the pages of an index with these elements over a table of so many pages."""
    number = entry_bytes = data_pages = 0.0
    for group in groups:
        number += group.number
        key = _aligned(HEAD + group.width, 2)
        rows = _list_bytes(group.rows, table_pages)
        whole = _aligned(key + _aligned(rows, 2), 8)
        if whole <= LONGEST_TUPLE:
            entry_bytes += group.number * (whole + POINTER)
        else:
            entry_bytes += group.number * (_aligned(key, 8) + POINTER)
            data_pages += group.number * _pages_of_list(rows)
    entry = max(math.ceil(entry_bytes / ROOM / FILLED), 1) if entry_bytes > ROOM else 1
    return GinPages(entry + round(data_pages) + 1, entry, round(data_pages), round(number))


def _list_bytes(rows: float, pages: int) -> float:
    """Return the bytes of a list of rows that lie anywhere in the table; from one to the next it stores the distance.

    A row on the same page is near enough for one byte, one on the next for two, and so on.
    """
    if rows <= 1:
        return LIST_HEAD
    a_page = rows / max(pages, 1)
    first = -math.expm1(-a_page) / a_page
    far = sum(math.exp(-a_page * distance) for distance in (8, 1 << 10, 1 << 17))
    return LIST_HEAD + (rows - 1) * (1 - first + first * (2 + far))


def _pages_of_list(size: float) -> int:
    leaves = math.ceil(size * (1 + LIST_HEAD / SEGMENT) / ROOM)
    return leaves + 1 if leaves > 1 else leaves


def _aligned(size: float, to: int) -> int:
    return -(-math.ceil(size) // to) * to
