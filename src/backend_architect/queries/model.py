"""Statements as frozen values: name, SQL, parameters, result."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from backend_architect.design.model import ListSpec, Row
from backend_architect.design.routes import Route

Returns = Literal["one", "page", "done", "always"]
"""`one` row or none; a `page`; `done` whether a row was touched; `always`: done whatever was there."""


@dataclass(frozen=True, slots=True)
class Output:
    """One value of an answer: its name, Python type, and the SQL that selects it."""

    name: str
    python: str
    sql: str
    label: str
    description: str = ""
    is_file: bool = False


@dataclass(frozen=True, slots=True)
class Nested:
    """A related row inside an answer; `label` of its id tells whether it is there."""

    name: str
    class_name: str
    optional: bool
    outputs: tuple[Output, ...]


@dataclass(frozen=True)
class Shape:
    """What one row of an entity looks like in every answer, and the SQL that selects it.

    `columns`, `joins` and the read rule (`readable`, empty where it is short) are shared by all statements of a slice,
    so their parameters (`viewer`) come first in each.
    """

    outputs: tuple[Output | Nested, ...]
    columns: str
    joins: str
    viewer: tuple[str, ...]
    readable: str = ""


@dataclass(frozen=True, slots=True)
class Param:
    """One parameter of a statement: `source` is the Python expression that fills it."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What a write waits for, and holds until its transaction ends: `of` is its kind, `key` narrows it to some rows."""

    of: str
    key: Param | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an action judges, as a column of its answer; a false one is a 409 with a code, or a 403 without."""

    label: str
    code: str = ""
    message: str = ""


@dataclass(frozen=True)
class Query:
    """One statement of the API. `template` has `{COLUMNS}`, `{JOINS}` and `{READABLE}` where the shape's SQL stands.

    One that takes turns has `turn`, which runs before it.
    One of an action answers its `verdicts` beside the row; where it has a `lock`, that statement runs before it.
    One that `tells_change` also answers, as `row_changed`, whether any value of the row is another one than before.
    """

    name: str
    route: Route | None
    row: Row
    returns: Returns
    template: str
    params: tuple[Param, ...]
    shape: Shape | None = None
    list: ListSpec | None = None
    filters: tuple[str, ...] = ()
    refused: int = 404
    tells_change: bool = False
    turn: Turn | None = None
    verdicts: tuple[Judgement, ...] = ()
    lock: "Query | None" = None

    @property
    def sql(self) -> str:
        """The whole statement, as the database receives it."""
        if self.shape is None:
            return self.template
        shared = {"{COLUMNS}": self.shape.columns, "{JOINS}": self.shape.joins, "{READABLE}": self.shape.readable}
        text = self.template
        for marker, sql in shared.items():
            text = text.replace(marker, sql)
        return text

    @property
    def function(self) -> str:
        """The second half of the name."""
        return self.name.partition(".")[2]


@dataclass(frozen=True)
class Queries:
    """Every statement by slice (plural), and the shape of each entity's rows."""

    by_slice: Mapping[str, tuple[Query, ...]]
    shapes: Mapping[str, Shape]

    def all(self) -> tuple[Query, ...]:
        """Return every statement of the API."""
        return tuple(query for queries in self.by_slice.values() for query in queries)
