"""Two CREATE TABLE statements → the ALTER TABLE between them, with what a person has to decide as comments."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pglast.enums import ConstrType
from pglast.stream import RawStream

NAMED = {ConstrType.CONSTR_UNIQUE: "key", ConstrType.CONSTR_FOREIGN: "fkey", ConstrType.CONSTR_PRIMARY: "pkey"}
COUNT = "_count"


@dataclass(frozen=True, slots=True)
class ColumnText:
    """A column: `text` is its whole definition, `parts` what it says beside name and type, by kind."""

    name: str
    type: str
    text: str
    parts: Mapping[ConstrType, str]

    @property
    def required(self) -> bool:
        """Return whether a row cannot be written without saying its value."""
        given = {ConstrType.CONSTR_DEFAULT, ConstrType.CONSTR_GENERATED, ConstrType.CONSTR_IDENTITY}
        return ConstrType.CONSTR_NOTNULL in self.parts and not given & self.parts.keys()


def altered_table(before: Any, after: Any) -> str:
    """Return the statement that makes the second table of the first, under comments on what to decide."""
    name = after.relation.relname
    old, new = _columns(before), _columns(after)
    gone = [column for column in old.values() if column.name not in new]
    added = [column for column in new.values() if column.name not in old]
    actions = [*_lost_constraints(before, after), *(action for each in gone for action in _no_longer_written(each))]
    actions += [f"ADD COLUMN {column.text}" for column in added]
    notes = [note for column in added for note in _notes(name, column)]
    for column in new.values():
        if column.name in old:
            changed, by_hand = _altered_column(name, old[column.name], column)
            actions += changed
            notes += by_hand
    actions += [f"ADD {text}" for text in _new_constraints(before, after)]
    actions += _storage(before, after)
    if gone and added:
        renaming = f"ALTER TABLE {name} RENAME COLUMN {gone[0].name} TO {added[0].name};"
        notes.append(f"If the column was renamed, instead: {renaming}")
    lines = [f"-- {note}" for note in notes]
    lines += [f"ALTER TABLE {name}\n    " + ",\n    ".join(actions) + ";"] if actions else []
    lines += [f"-- Removes values, once nothing reads them:\n-- ALTER TABLE {name} DROP COLUMN {c.name};" for c in gone]
    return "\n".join(lines)


def _columns(table: Any) -> dict[str, ColumnText]:
    found = {}
    for each in table.tableElts:
        if type(each).__name__ == "ColumnDef":
            parts = {part.contype: RawStream()(part) for part in each.constraints or ()}
            found[each.colname] = ColumnText(each.colname, RawStream()(each.typeName), RawStream()(each), parts)
    return found


def _constraints(table: Any) -> dict[str, str]:
    """Return the constraints of the whole table by name: its own, or the one that PostgreSQL gives it."""
    found = {}
    for each in table.tableElts:
        if type(each).__name__ == "Constraint":
            columns = "_".join(key.sval for key in each.keys or ())
            parts = (table.relation.relname, "" if each.contype == ConstrType.CONSTR_PRIMARY else columns)
            name = each.conname or "_".join([*filter(None, parts), NAMED[each.contype]])
            found[name] = RawStream()(each)
    return found


def _lost_constraints(before: Any, after: Any) -> Iterator[str]:
    old, new = _constraints(before), _constraints(after)
    yield from (f"DROP CONSTRAINT {name}" for name, text in old.items() if new.get(name) != text)


def _new_constraints(before: Any, after: Any) -> Iterator[str]:
    old, new = _constraints(before), _constraints(after)
    yield from (text for name, text in new.items() if old.get(name) != text)


def _no_longer_written(column: ColumnText) -> Iterator[str]:
    """Give what lets rows be written without a column that stays until somebody drops it."""
    if column.required:
        yield f"ALTER COLUMN {column.name} DROP NOT NULL"


def _notes(table: str, column: ColumnText) -> Iterator[str]:
    if column.required:
        yield f"{table}.{column.name} is required: this fails where the table has rows. Add the column without NOT"
        yield "NULL, UPDATE it and SET NOT NULL, or give it a DEFAULT."
    elif column.name.endswith(COUNT):
        yield f"{table}.{column.name} begins at 0 also for rows that have some: UPDATE it from what it counts."


def _altered_column(table: str, old: ColumnText, new: ColumnText) -> tuple[list[str], list[str]]:
    """Return the actions that change a column, and what they cannot do."""
    actions, notes, name = [], [], new.name
    if old.type != new.type:
        actions.append(f"ALTER COLUMN {name} TYPE {new.type} USING {name}::{new.type}")
    for kind in {**old.parts, **new.parts}:
        before, after = old.parts.get(kind), new.parts.get(kind)
        if before == after:
            continue
        match kind:
            case ConstrType.CONSTR_NOTNULL:
                actions.append(f"ALTER COLUMN {name} {'SET' if after else 'DROP'} NOT NULL")
                notes += [f"{table}.{name} is required now: give rows without one a value first."] if after else []
            case ConstrType.CONSTR_DEFAULT:
                actions.append(f"ALTER COLUMN {name} " + (f"SET {after}" if after else "DROP DEFAULT"))
            case ConstrType.CONSTR_UNIQUE | ConstrType.CONSTR_FOREIGN:
                constraint = f"{table}_{name}_{NAMED[kind]}"
                actions += [f"DROP CONSTRAINT {constraint}"] if before else []
                key = f"FOREIGN KEY ({name}) {after}" if kind == ConstrType.CONSTR_FOREIGN else f"UNIQUE ({name})"
                actions += [f"ADD CONSTRAINT {constraint} {key}"] if after else []
            case ConstrType.CONSTR_GENERATED if before and after:
                expression = after.removeprefix("GENERATED ALWAYS AS ").removesuffix(" STORED")
                actions.append(f"ALTER COLUMN {name} SET EXPRESSION AS {expression}")
            case _:
                notes.append(f"By hand: {table}.{name} was `{old.text}`, and is `{new.text}`.")
    return actions, notes


def _storage(before: Any, after: Any) -> Iterator[str]:
    old, new = ({each.defname: RawStream()(each.arg) for each in table.options or ()} for table in (before, after))
    yield from (f"SET ({name} = {value})" for name, value in new.items() if old.get(name) != value)
    yield from (f"RESET ({name})" for name in old if name not in new)
