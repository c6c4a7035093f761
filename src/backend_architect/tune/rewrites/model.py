"""A rewritten statement, how its rows are compared with the first one's, and what the comparison said."""

from dataclasses import dataclass
from typing import Literal

from backend_architect.tune.indexes.model import NewIndex


@dataclass(frozen=True, slots=True)
class SameRows:
    """Both statements take the same parameters and return the same rows, in whatever order.

    `never_null` are the columns (schema, table, column) that must hold no NULL for it. `keys` are the places of the
    columns by which both are ordered: there they agree row for row, as `before_bounded` and `after_bounded` do.
    """

    before: str
    after: str
    never_null: tuple[tuple[str, str, str], ...] = ()
    before_bounded: str = ""
    after_bounded: str = ""
    keys: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages one after the other are the whole list: `first` begins, `after` continues after the last row.

    `whole` is the statement as it was, without its limit, `ordered` the same with every tie broken. `cursor` are the
    places in a row of what the next page is told, as the parameters from `parameter` on; the first `keys` of them were
    in the order from the beginning. The parameter `size` is how many rows a page has.
    """

    whole: str
    ordered: str
    first: str
    after: str
    cursor: tuple[int, ...]
    keys: int
    parameter: int
    size: int


@dataclass(frozen=True, slots=True)
class Lookups:
    """Looking up every key of a list at once returns the rows of each lookup, with the key in place `key`.

    `parameter` is one key of the lookup, and of `batched` the array of them, held by `column` (schema, table, name).
    Where `in_front`, a batch's rows begin with the key; else it is in place `key`, the last where a lookup's lack it.
    """

    lookup: str
    batched: str
    parameter: int
    column: tuple[str, str, str]
    key: int
    in_front: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """A list with what was looked up for each of its rows: as columns behind its own, or as one array of JSON.

    `listed_with_key` is the list with the value that each lookup asks for as its last column.
    """

    listed_with_key: str
    lookup: str
    parameter: int
    joined: str
    as_json: bool


Trial = SameRows | Pages | Lookups | Joined


@dataclass(frozen=True, slots=True)
class Rewrite:
    """`sql` says the same in another way (`what`); `notes` are what its user must know, `indexes` what it needs."""

    code: str
    what: str
    sql: str
    notes: tuple[str, ...]
    trial: Trial
    indexes: tuple[NewIndex, ...] = ()


@dataclass(frozen=True, slots=True)
class RewriteRefusal:
    """Why a statement is not rewritten in the way that a finding asks for."""

    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class RewriteVerdict:
    """What running both said; `text` tells it in a line."""

    state: Literal["same", "different", "unchecked"]
    text: str


class CannotRewrite(Exception):
    """A statement has no such rewrite; the message says why."""
