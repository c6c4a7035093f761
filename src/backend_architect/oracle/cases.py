"""The small cases of a rule: each value that it looks at, null included, beside each of the others."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import product
from random import Random
from uuid import UUID

from backend_architect.design.model import Action, AfterUpdate, Design, Entity, Field, Row
from backend_architect.oracle.answers import Caller
from backend_architect.oracle.rule_inputs import Looked, look
from backend_architect.oracle.values import Option, options_of

MAX_CASES = 400
"""Cases of one rule; where there are more, as many are drawn from all of them."""
ME, ELSE, OWN = str(UUID(int=1)), str(UUID(int=2)), str(UUID(int=16))
Stored = Mapping[str, tuple[Mapping[str, object], ...]]


@dataclass(frozen=True)
class TruthCase:
    """One situation: what each column of the table shows, the row that is asked about, and what else is stored."""

    shown: tuple[str, ...]
    row: Mapping[str, object]
    stored: Stored


@dataclass(frozen=True)
class Cases:
    """The cases of one rule: its columns, its callers, and how many cases there would be in all."""

    row: Row
    columns: tuple[str, ...]
    callers: Mapping[str, Caller]
    cases: tuple[TruthCase, ...]
    possible: int
    is_stored: bool = True


def cases_of(
    design: Design, row: Row, text: str, *, action: Action | AfterUpdate | None = None, most: int = MAX_CASES
) -> Cases:
    """Return the small cases of a rule; a row that is being created is not stored, and what `set: me` says is me."""
    world = _World(design, row, look(design, row, text), is_new=action == "create")
    choices = list(world.columns.values())
    possible = reduce(lambda number, options: number * len(options), choices, 1)
    chosen = list(product(*choices)) if possible <= most else _drawn(choices, most)
    cases = tuple(world.case(dict(zip(world.columns, each, strict=True))) for each in chosen)
    return Cases(row, tuple(world.columns), callers_of(design), cases, possible, is_stored=action != "create")


def callers_of(design: Design) -> dict[str, Caller]:
    """Return everybody who may be told apart: nobody, me, and me with each role."""
    if design.auth is None:
        return {"anonymous": Caller()}
    roles = {role: Caller(ME, frozenset({role})) for role in design.auth.roles}
    return {"anonymous": Caller(), "me": Caller(ME), **{f"me, {role}": caller for role, caller in roles.items()}}


def _drawn(choices: list[list[Option]], most: int) -> list[tuple[Option, ...]]:
    draw = Random(1)  # noqa: S311
    return list(dict.fromkeys(tuple(draw.choice(options) for options in choices) for _ in range(most)))


class _World:
    """The columns of a rule's table, and the rows that a choice of their values stands for."""

    def __init__(self, design: Design, row: Row, looked: Looked, *, is_new: bool) -> None:
        self.design, self.row, self.looked, self.is_new = design, row, looked, is_new
        self.targets = dict(_targets(design, row, looked))
        self.columns: dict[str, list[Option]] = {}
        for path, name in sorted(looked.values | looked.followed):
            self._add_column(path, name)
        for plural in sorted(looked.plurals):
            self.columns[f"rows of {plural}"] = self._rows_of(design.rows_by_plural[plural])

    def case(self, chosen: Mapping[str, Option]) -> TruthCase:
        """Return the rows that a choice stands for."""
        own = self._filled((), self.row, chosen)
        stored: dict[str, list[Mapping[str, object]]] = {} if self.is_new else {self.row.table: [own]}
        for path, (target, identity) in self.targets.items():
            if target is not self.design.account:
                stored.setdefault(target.table, []).append({**self._filled(path, target, chosen), "id": identity})
        for identity in (ME, ELSE) if self.design.account else ():
            stored.setdefault(self._account().table, []).append(self._person(identity, chosen))
        for label, option in chosen.items():
            if label.startswith("rows of ") and isinstance(option.value, dict):
                row = self.design.rows_by_plural[label.removeprefix("rows of ")]
                stored.setdefault(row.table, []).append(option.value)
        unique = {table: _without_same_id(rows) for table, rows in stored.items()}
        return TruthCase(tuple(option.shown for option in chosen.values()), own, unique)

    def _add_column(self, path: tuple[str, ...], name: str) -> None:
        row = self.targets[path][0] if path in self.targets else self.row
        item = row.fields.get(name)
        label = ".".join((*path, name))
        if item is None and name == "id":
            if row is self.design.account and not path:
                self.columns[label] = [Option("me", ME), Option("somebody else", ELSE)]
        elif item is not None and item.to:
            self.columns[label] = self._references(path, item)
        else:
            self.columns[label] = options_of(item, self.looked.constants)

    def _references(self, path: tuple[str, ...], item: Field) -> list[Option]:
        target = self.design.entities[item.to or ""]
        nothing = [Option("null", None)] if item.optional else []
        if target is self.design.account:
            if self.is_new and not path and item.set == "me":
                return [Option("me", ME)]
            return [Option("me", ME), Option("somebody else", ELSE), *nothing]
        known = self.targets.get((*path, item.name))
        return [Option(f"a {target.name}", known[1] if known else str(UUID(int=99))), *nothing]

    def _filled(self, path: tuple[str, ...], row: Row, chosen: Mapping[str, Option]) -> dict[str, object]:
        """Return a row's values: what is chosen, and something plain for whatever the rule does not look at."""
        values: dict[str, object] = {
            item.name: options_of(item, ())[0].value for item in row.fields.values() if not item.to
        }
        values |= {item.name: self._usual(item) for item in row.references}
        values |= {"created_at": "2020-01-01T00:00:00Z"}
        if isinstance(row, Entity):
            values |= {"updated_at": "2020-01-01T00:00:00Z", "id": OWN if not path else None}
        for label, option in chosen.items():
            *at, name = label.split(".")
            if tuple(at) == path and not label.startswith("rows of "):
                values[name] = option.value
        return values

    def _usual(self, item: Field) -> object:
        target = self.design.entities[item.to or ""]
        return ELSE if target is self.design.account else self._known(target)

    def _person(self, identity: str, chosen: Mapping[str, Option]) -> dict[str, object]:
        account = self._account()
        path = next((at for at, (target, _) in self.targets.items() if target is account), ())
        own = self._filled(path, account, chosen) if path or self.row is account else {}
        return {**(own or self._filled(("",), account, {})), "id": identity}

    def _account(self) -> Entity:
        assert self.design.account is not None
        return self.design.account

    def _known(self, target: Entity) -> str:
        """Return the row of a kind that a case has: the row itself, or one that its relations lead to."""
        if target is self.row:
            return OWN
        return next((identity for known, identity in self.targets.values() if known is target), str(UUID(int=99)))

    def _rows_of(self, row: Row) -> list[Option]:
        """Return what a subquery may find: nothing, a row of mine for each choice, a row of somebody else's."""
        names = [name for plural, name in sorted(self.looked.inner) if plural == row.plural and name in row.fields]
        varied = [row.fields[name] for name in names if row.fields[name].to is None][:2]
        people = [item.name for item in row.references if self.design.entities[item.to or ""] is self.design.account]
        found = [Option("none", None)]
        for mine in people or [""]:
            for values in list(product(*(options_of(item, self.looked.constants)[:4] for item in varied)))[:8]:
                named = {item.name: option for item, option in zip(varied, values, strict=True)}
                shown = [f"{name} {option.shown}" for name, option in named.items()]
                shown = [f"{mine} me" if mine else "one", *shown]
                found.append(Option(", ".join(shown), self._row_of(row, mine, named)))
        return [*found, *([Option("somebody else's", self._row_of(row, "", {}))] if people else [])]

    def _row_of(self, row: Row, mine: str, named: Mapping[str, Option]) -> dict[str, object]:
        values = self._filled(("",), row, {})
        values |= {mine: ME} if mine else {}
        if isinstance(row, Entity):
            values["id"] = str(UUID(int=200))
        return {**values, **{name: option.value for name, option in named.items()}}


def _targets(design: Design, row: Row, looked: Looked) -> Iterator[tuple[tuple[str, ...], tuple[Entity, str]]]:
    """Yield the row that each path leads to, with its id."""
    for number, (path, name) in enumerate(sorted(looked.followed), 32):
        at: Row = row
        for relation in path:
            at = design.entities[at.fields[relation].to or ""]
        yield (*path, name), (design.entities[at.fields[name].to or ""], str(UUID(int=number)))


def _without_same_id(rows: list[Mapping[str, object]]) -> tuple[Mapping[str, object], ...]:
    """Return the rows, the first of each id: an account that is the row itself is stored once."""
    found: dict[object, Mapping[str, object]] = {}
    for number, row in enumerate(rows):
        found.setdefault(row.get("id", number), row)
    return tuple(found.values())
