"""How large PostgreSQL builds a BRIN index: an entry for every 128 pages of the table."""

import math
from collections.abc import Sequence

from backend_architect.planner_twin.index_pages import brin_map_pages
from backend_architect.planner_twin.model import ColumnStatistics

RANGE_PAGES = 128
ROOM = 8192 - 24 - 8
HEAD, POINTER = 8, 4
BOUNDS = 2
MOST_BOUNDS = 32  # of the operator classes that keep several ranges
BLOOM = 4096
DEFAULT_WIDTH = 8


def brin_size(keys: Sequence[ColumnStatistics], opclasses: Sequence[str], table_pages: int) -> int:
    """Return the pages of an index with these keys over a table of so many pages."""
    ranges = max(math.ceil(table_pages / RANGE_PAGES), 1)
    widths = [key.avg_width for key in keys] or [DEFAULT_WIDTH]
    named = [*opclasses, *[""] * (len(widths) - len(opclasses))]
    values = sum(_bytes(width, opclass) for width, opclass in zip(widths, named, strict=True))
    entry = HEAD + math.ceil(values / 8) * 8 + POINTER
    return 1 + brin_map_pages(table_pages, RANGE_PAGES) + math.ceil(ranges / max(ROOM // entry, 1))


def _bytes(width: int, opclass: str) -> int:
    if opclass.endswith("_bloom_ops"):
        return BLOOM
    return width * (MOST_BOUNDS if opclass.endswith("_multi_ops") else BOUNDS)
