"""Keyset pages: a list is read in its order from where the last page ended, so that page 1,000 costs what page 1 does.

A cursor holds the name of its list and the sort values of the last row seen. It is opaque to clients, and it is no
secret: what one may see is decided by the rules inside each statement.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, Generic, TypeVar
from uuid import UUID

import msgspec
from asyncpg import Record
from fastapi import Query

from app.core.errors import FieldError, Invalid

T = TypeVar("T")

FIRST_ID, LAST_ID = UUID(int=0), UUID(int=2**128 - 1)
"""Where a list begins that is read upwards, and downwards."""

LONGEST = 4_096  # characters of a cursor: a text of 500 letters has 2,000 bytes, a third more as Base64
After = Annotated[str | None, Query(max_length=LONGEST, description="The `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100, description="How many to return.")]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list in its order, and the cursor of the page that follows, if there is one."""

    items: list[T]
    next: str | None = None


def make_page(
    list_name: str, rows: Sequence[Record], limit: int, make: Callable[[Record], T], *, key: tuple[str, str]
) -> Page[T]:
    """Return the first `limit` of `rows`; one row more than that means that there is a next page.

    `key` names the columns that the list is ordered by.
    """
    items = [make(row) for row in rows[:limit]]
    if len(rows) <= limit:
        return Page(items)
    last = rows[limit - 1]
    return Page(items, encode_cursor(list_name, last[key[0]], last[key[1]]))


def make_search_page(
    list_name: str, rows: Sequence[Record], limit: int, make: Callable[[Record], T], *, key: tuple[str, str]
) -> Page[T]:
    """Return a page of a search, as `make_page` does; it may have fewer than `limit` items and still a next one.

    That is where the rows that were looked through did not fill it: `on_key` and `on_id` of any row say where the
    search goes on. Of a search that finds nothing there is one row, without an id.
    """
    page = make_page(list_name, [row for row in rows if row[key[1]] is not None], limit, make, key=key)
    if page.next or not rows or rows[0]["on_id"] is None:
        return page
    return Page(page.items, encode_cursor(list_name, rows[0]["on_key"], rows[0]["on_id"]))


def encode_cursor(list_name: str, *values: object) -> str:
    """Return the cursor that continues `list_name` after the row with these sort values."""
    return urlsafe_b64encode(msgspec.msgpack.encode([list_name, *values])).rstrip(b"=").decode()


def decode_cursor(list_name: str, after: str | None, types: tuple[Any, ...]) -> tuple[Any, ...] | None:
    """Return the sort values in `after`, or None for a first page; a cursor of another list is refused."""
    if after is None:
        return None
    try:
        name, *values = _decoder(types).decode(urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except ValueError:  # of base64 and of msgspec
        name, values = None, []
    if name != list_name:
        wrong = FieldError("after", "is not a cursor of this list", "cursor")
        raise Invalid("The cursor does not belong to this list.", errors=[wrong])
    return tuple(values)


@cache
def _decoder(types: tuple[Any, ...]) -> msgspec.msgpack.Decoder[Any]:
    return msgspec.msgpack.Decoder(GenericAlias(tuple, (str, *types)))
