"""How full CREATE INDEX makes the leaves of a btree: entries are laid down one after another, as nbtsort.c does."""

from collections.abc import Iterable

PAGE = 8192
FREE_AT_FIRST = PAGE - 24 - 16 - 4 - 4  # less the header, the btree's own data, and the places of the high key and next
POINTER = 4  # to an entry, at the page's head
ROW_ADDRESS = 8  # of the high key, where equal keys are on both sides
MIN_ENTRIES = 2


def used_a_page(entries: Iterable[tuple[int, int]], fillfactor: int) -> float:
    """Return the bytes that entries and their pointers take on a full leaf.

    An entry is its bytes and, of these, those of its list of rows: the high key has none, so a list does not count
    towards a full page.
    """
    kept = PAGE * (100 - fillfactor) // 100
    used = pages = whole = last = lists = count = 0
    for size, row_list in entries:
        free = FREE_AT_FIRST - used
        if count and (free < size + ROW_ADDRESS or (free + lists < kept and count > 1)):
            whole += used - last if count > 1 else used
            pages += 1
            used, count = (last, 1) if count > 1 else (0, 0)
        last, lists = size + POINTER, row_list
        used += last
        count += 1
    return whole / pages if pages >= MIN_ENTRIES else float(FREE_AT_FIRST - kept)
