"""Keyset pages: a list is read in its order from where the last page ended, so that page 1,000 costs what page 1 does.

A cursor holds the name of its list and the sort values of the last row seen. It is opaque to clients, and it is no
secret: what one may see is decided by the rules inside each statement.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from fastapi import Query

from app.errors import FieldError, Invalid

T = TypeVar("T")

After = Annotated[str | None, Query(max_length=512, description="The `next` of the page before.")]
Limit = Annotated[int, Query(ge=1, le=100, description="How many to return.")]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some items of a list in its order, and the cursor of the page that follows, if there is one."""

    items: list[T]
    next: str | None = None


def encode_cursor(list_name: str, *values: object) -> str:
    """Return the cursor that continues `list_name` after the row with these sort values."""
    return urlsafe_b64encode(msgspec.json.encode([list_name, *values])).rstrip(b"=").decode()


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
def _decoder(types: tuple[Any, ...]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(tuple[(str, *types)])  # type: ignore[misc]
