"""The design as frozen values: what `backend.yaml` says, after reading and before any check of meaning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Literal

Action = Literal["read", "create", "update", "delete"]
ACTIONS: tuple[Action, ...] = ("read", "create", "update", "delete")
AfterUpdate = Literal["after_update"]
AFTER_UPDATE: AfterUpdate = "after_update"
"""The rule that a row must fulfil when an update has changed it; the update's own rule where it is not said."""

Client = Literal["web", "mobile", "service"]
SignIn = Literal["password", "google", "github", "openid"]
Unconfirmed = Literal["nothing", "read", "write"]
OnDelete = Literal["cascade", "restrict", "set null"]
Per = Literal["user", "ip"]
Persona = Literal["anonymous", "stranger", "owner", "moderator"]
Scalar = str | int | float | bool | None

IMPLIED_FIELDS = ("id", "created_at", "updated_at")


class FieldType(StrEnum):
    """Every type a field can have; `REFERENCE` is written `to:`, `ONE_OF` `one_of:` and `LIST` `list:`."""

    TEXT = "text"
    SLUG = "slug"
    EMAIL = "email"
    URL = "url"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    BOOLEAN = "boolean"
    DATE = "date"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    UUID = "uuid"
    JSON = "json"
    FILE = "file"
    ONE_OF = "one_of"
    REFERENCE = "reference"
    LIST = "list"


TEXTUAL = frozenset({FieldType.TEXT, FieldType.SLUG, FieldType.EMAIL, FieldType.URL, FieldType.ONE_OF})
LIST_ITEM_LENGTH = 200
"""Characters of a text in a list."""
MAX_INTEGER, MAX_BIGINT = 2**31 - 1, 2**63 - 1
MAX_EXACT = 2**53 - 1
"""Where whole numbers end that every client reads as they are: JSON's numbers are doubles to JavaScript."""
WHOLE = frozenset({FieldType.INTEGER, FieldType.MONEY})
NUMERIC = frozenset({FieldType.INTEGER, FieldType.DECIMAL, FieldType.MONEY})


@dataclass(frozen=True, slots=True)
class Field:
    """One stored column of an entity or an edge.

    `min`/`max` bound the length of text and lists, and the value of numbers. `set` is the SQL expression the server
    fills the field with at creation (most often `me`); a field with `set` is never taken from a client. A field of
    states has `final`, those of its `choices` that nothing leads out of.
    """

    name: str
    type: FieldType
    min: int | float | None = None
    max: int | float | None = None
    optional: bool = False
    unique: bool = False
    default: Scalar = None
    choices: tuple[str, ...] = ()
    item: FieldType | None = None
    to: str | None = None
    on_delete: OnDelete = "restrict"
    set: str | None = None
    read: str | None = None
    show: tuple[str, ...] | None = None
    scale: int = 2
    currency: str | None = None
    content_types: tuple[str, ...] = ()
    final: tuple[str, ...] | None = None

    @property
    def is_state(self) -> bool:
        """Whether this is the row's state (`states:`), which actions alone change unless `accepts` says otherwise."""
        return self.final is not None

    @property
    def is_reference(self) -> bool:
        return self.type is FieldType.REFERENCE

    @property
    def each(self) -> "Field":
        """An item of a list, as a field of its own: it is checked as that would be."""
        kind = self.item or FieldType.TEXT
        return Field(self.name, kind, min=1, max=LIST_ITEM_LENGTH) if kind is FieldType.TEXT else Field(self.name, kind)

    @property
    def length(self) -> tuple[int, int]:
        """The least and most characters of a textual field, stated or by its type's default."""
        default = {FieldType.SLUG: 100, FieldType.EMAIL: 254, FieldType.URL: 2_048}.get(self.type, 10_000)
        return int(self.min or 0), int(self.max or default)

    @property
    def range(self) -> tuple[int | float, int | float]:
        """The least and the greatest value of a whole number, stated or by default."""
        small = self.type is FieldType.INTEGER and self.max is not None and self.max <= MAX_INTEGER
        least = -MAX_INTEGER if small else -MAX_EXACT
        return least if self.min is None else self.min, MAX_EXACT if self.max is None else self.max

    @property
    def column(self) -> str:
        """The column's name in PostgreSQL, and the field's name in what a client sends."""
        return f"{self.name}_id" if self.is_reference else self.name


@dataclass(frozen=True, slots=True)
class Count:
    """A number of rows of `source` (a plural: an entity's or an edge's) whose reference `via` points at this row."""

    name: str
    source: str
    via: str


@dataclass(frozen=True, slots=True)
class Computed:
    """A read-only value made by an SQL expression when a row is read; its type is boolean unless it says otherwise."""

    name: str
    sql: str
    type: FieldType = FieldType.BOOLEAN


@dataclass(frozen=True, slots=True)
class NoOverlap:
    """No two rows that agree on `per` may overlap in the half-open range `[start, end)`."""

    start: str
    end: str
    per: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition that must hold for an action; where it does not, the answer is 409 with its name as the code."""

    name: str
    rule: str
    message: str = ""

    @property
    def code(self) -> str:
        """The condition's name as clients see it."""
        return self.name.replace("_", "-")


@dataclass(frozen=True)
class RowAction:
    """A verb on a row: who may, from which states to which, what it takes, what must hold, and what it changes.

    `stores` are the row's own fields that a client sends, `takes` values that only the action's expressions use.
    `sets` holds an expression by field, or by a relation and its target's field (`copy.available`).
    """

    name: str
    allow: str
    from_states: tuple[str, ...] = ()
    to: str | None = None
    stores: tuple[str, ...] = ()
    takes: Mapping[str, Field] = field(default_factory=dict)
    needs: Mapping[str, Condition] = field(default_factory=dict)
    sets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Entity:
    """A resource with its own id. `allow` and `rules` hold SQL boolean expressions as written."""

    name: str
    plural: str
    fields: Mapping[str, Field]
    counts: Mapping[str, Count] = field(default_factory=dict)
    computed: Mapping[str, Computed] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    allow: Mapping[Action | AfterUpdate, str] = field(default_factory=dict)
    accepts: Mapping[Action, tuple[str, ...]] = field(default_factory=dict)
    unique: tuple[tuple[str, ...], ...] = ()
    constraints: Mapping[str, str] = field(default_factory=dict)
    no_overlap: NoOverlap | None = None
    effects: Mapping[Action, Mapping[str, str]] = field(default_factory=dict)
    actions: Mapping[str, RowAction] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.plural

    @property
    def references(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.is_reference)

    @property
    def state(self) -> Field | None:
        """The field that holds the row's state, if it has one."""
        return next((f for f in self.fields.values() if f.is_state), None)

    def taken(self, action: RowAction) -> tuple[Field, ...]:
        """The values that a client sends to an action: fields of the row, and those of the action alone."""
        return (*(self.fields[name] for name in action.stores if name in self.fields), *action.takes.values())

    @property
    def after_update(self) -> str:
        """The rule that a row must fulfil after an update."""
        return self.allow.get(AFTER_UPDATE, self.allow.get("update", "nobody"))

    def accepted(self, action: Action) -> tuple[Field, ...]:
        """The fields a client may send: `accepts` where stated, else all but the state and what the server sets."""
        names = self.accepts.get(action)
        if names is None:
            return tuple(f for f in self.fields.values() if f.set is None and not f.is_state)
        return tuple(self.fields[n] for n in names if n in self.fields)


@dataclass(frozen=True)
class Edge:
    """A pair of references, unique, with idempotent PUT and DELETE; it may carry further fields."""

    name: str
    plural: str
    pair: tuple[Field, Field]
    extra: Mapping[str, Field] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)
    allow: Mapping[Action | AfterUpdate, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.plural

    @property
    def fields(self) -> Mapping[str, Field]:
        return {f.name: f for f in self.pair} | dict(self.extra)

    @property
    def references(self) -> tuple[Field, ...]:
        return tuple(f for f in self.fields.values() if f.is_reference)

    @property
    def mine(self) -> Field | None:
        """The side of the pair that is the caller, if the design sets one."""
        return next((f for f in self.pair if f.set == "me"), None)

    def other(self, side: Field) -> Field:
        return self.pair[1] if side.name == self.pair[0].name else self.pair[0]


Row = Entity | Edge


@dataclass(frozen=True, slots=True)
class Order:
    """`field` is a stored field, `created_at` or a kept count; the id breaks ties in the same direction."""

    field: str
    descending: bool


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A named, bounded, keyset-paged list of one entity."""

    name: str
    of: str
    order: Order
    where: str | None = None
    by: str | None = None
    through: tuple[str, str] | None = None
    match: tuple[str, ...] = ()
    filters: tuple[str, ...] = ()
    allow: str = "anyone"
    cache_seconds: int | None = None


@dataclass(frozen=True, slots=True)
class Load:
    """What the backend must hold: requests per second at the busiest hour, latency in milliseconds, rows by plural."""

    users: int = 10_000
    reads: float = 50.0
    writes: float = 5.0
    p95_ms: int = 200
    rows: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Auth:
    """`unconfirmed` is what an account may do before its e-mail address is confirmed; None where nothing is mailed."""

    account: str
    sign_in: tuple[SignIn, ...] = ("password",)
    roles: tuple[str, ...] = ()
    unconfirmed: Unconfirmed | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """`count` requests in `seconds`; `target` is `sign_in`, `everything`, `<plural>.<action>` or a list's name."""

    target: str
    count: int
    seconds: int
    per: Per | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """After `action` on `plural` has committed, `run` is called by the worker, at least once."""

    plural: str
    action: str
    run: str
    retries: int = 5


@dataclass(frozen=True, slots=True)
class Custom:
    """A use case written by hand. `path` has no version; `{id}` is the id of the first segment's entity."""

    method: str
    path: str
    code: str
    allow: str


@dataclass(frozen=True, slots=True)
class Check:
    """A case beyond those derived from the rules: as `persona`, `action` on `target` must answer `expect`."""

    persona: Persona
    action: Action
    target: str
    given: Mapping[str, Scalar]
    expect: int


@dataclass(frozen=True)
class Design:
    """A whole backend. Mappings keep the order of the file; `confirmed` holds warnings as `<code> <path>`."""

    name: str
    summary: str = ""
    assumptions: tuple[str, ...] = ()
    clients: tuple[Client, ...] = ("web", "mobile")
    load: Load = field(default_factory=Load)
    pin: Mapping[str, str] = field(default_factory=dict)
    auth: Auth | None = None
    limits: tuple[Limit, ...] = ()
    entities: Mapping[str, Entity] = field(default_factory=dict)
    edges: Mapping[str, Edge] = field(default_factory=dict)
    lists: tuple[ListSpec, ...] = ()
    events: tuple[Event, ...] = ()
    custom: tuple[Custom, ...] = ()
    checks: tuple[Check, ...] = ()
    confirmed: tuple[str, ...] = ()

    @property
    def providers(self) -> tuple[str, ...]:
        """The identity providers by which somebody may sign in."""
        return tuple(way for way in self.auth.sign_in if way != "password") if self.auth else ()

    @property
    def has_mail(self) -> bool:
        """Whether accounts get mail: to confirm their address, and to choose another password."""
        return self.auth is not None and self.auth.unconfirmed is not None

    @cached_property
    def rows_by_plural(self) -> Mapping[str, Row]:
        """Every entity and edge by its plural: the names that counts, subqueries and `load.rows` use."""
        rows: dict[str, Row] = {e.plural: e for e in self.entities.values()}
        return rows | {e.plural: e for e in self.edges.values()}

    @property
    def account(self) -> Entity | None:
        return self.entities.get(self.auth.account) if self.auth else None

    def declared_rows(self, plural: str) -> int:
        """The declared number of rows of a table; accounts default to `load.users`, others to ten for each user."""
        if plural in self.load.rows:
            return self.load.rows[plural]
        if self.account and plural == self.account.plural:
            return self.load.users
        return self.load.users * 10
