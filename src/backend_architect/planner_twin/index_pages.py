"""The bytes of an index's first pages, which are all of it that the planner reads.

A btree is planned by its height, which its first page tells; since the planner may also walk down for the ends of a
range, there is one real page a level, which leads to an empty leaf. Layouts: nbtree.h, ginblock.h, brin_page.h.
"""

import struct

from backend_architect.planner_twin.checksum import with_checksum
from backend_architect.planner_twin.model import GinPages

PAGE = 8192
HEAD = 24
LAYOUT_VERSION = 4
BTREE_MAGIC, BRIN_MAGIC = 0x053162, 0xA8109CFA
LEAF, ROOT = 1, 2
TUPLE_OF_NO_KEYS = 8 | 0x2000  # its size, and that its address holds the number of its keys
RANGES_A_PAGE = 1360
NEVER_LOGGED = bytes(8)
"""A page's place in the log: without one, the first pages of most btrees are the same bytes, with one checksum."""


def btree_pages(first: bytes, height: int) -> bytes:
    """Return the first pages of an empty btree with so many levels above its leaf; `first` is its page as it is."""
    if struct.unpack_from("<I", first, HEAD)[0] != BTREE_MAGIC:
        raise ValueError("this is not the first page of a btree")
    meta = bytearray(NEVER_LOGGED + first[len(NEVER_LOGGED) :])
    struct.pack_into("<IIII", meta, HEAD + 8, 1, height, 1, height)
    levels = (_btree_page(height - step, child=step + 2, root=step == 0) for step in range(height + 1))
    return b"".join(with_checksum(page, number) for number, page in enumerate((bytes(meta), *levels)))


def gin_first_page(first: bytes, pages: GinPages) -> bytes:
    """Return the first page of a GIN index that says what its other pages hold."""
    meta = bytearray(first)
    struct.pack_into("<IIIxxxxq", meta, HEAD + 24, pages.total, pages.entry, pages.data, pages.entries)
    return with_checksum(bytes(meta), 0)


def brin_first_page(first: bytes, table_pages: int) -> bytes:
    """Return the first page of a BRIN index over a table of so many pages."""
    magic, _, range_pages = struct.unpack_from("<III", first, HEAD)
    if magic != BRIN_MAGIC:
        raise ValueError("this is not the first page of a BRIN index")
    meta = bytearray(first)
    struct.pack_into("<I", meta, HEAD + 12, brin_map_pages(table_pages, range_pages))
    return with_checksum(bytes(meta), 0)


def brin_map_pages(table_pages: int, range_pages: int) -> int:
    """Return the pages of the map from a BRIN index's ranges to its entries."""
    return -(-table_pages // (max(range_pages, 1) * RANGES_A_PAGE)) or 1


def _btree_page(level: int, *, child: int, root: bool) -> bytes:
    """Return an empty leaf, or the page above one with a single pointer to `child` that no search passes by."""
    special = PAGE - 16
    pointer, entry = b"", b""
    if level:
        entry = struct.pack("<HHHH", child >> 16, child & 0xFFFF, 0, TUPLE_OF_NO_KEYS)
        pointer = struct.pack("<I", special - len(entry) | 1 << 15 | len(entry) << 17)
    lower, upper = HEAD + len(pointer), special - len(entry)
    head = struct.pack("<IIHHHHHHI", 0, 0, 0, 0, lower, upper, special, PAGE | LAYOUT_VERSION, 0)
    flags = (0 if level else LEAF) | (ROOT if root else 0)
    own = struct.pack("<IIIHH", 0, 0, level, flags, 0)
    return head + pointer + bytes(upper - lower) + entry + own
