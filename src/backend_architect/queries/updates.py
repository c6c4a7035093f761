"""The statement that changes a row: the rule is asked of the row as it was, and as it would be.

A relation that changes is asked what a creation under the new target would be asked, and what the server computed from
a changed field is computed again.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from sqlglot import exp

from backend_architect.design.model import Entity, Field
from backend_architect.design.routes import Route
from backend_architect.design.syntax import conjuncts
from backend_architect.queries.locks import locked
from backend_architect.queries.model import Query
from backend_architect.queries.new_row import CHANGED, new_columns, select_new
from backend_architect.queries.resolved import ResolvedDesign, all_of, any_of, column, conditions
from backend_architect.queries.rows import (
    answered_query,
    change_label,
    entity_of,
    looks_through,
    must_be_readable,
    readable_or_absent,
    sql_type,
)
from backend_architect.queries.text import StatementText, listed
from backend_architect.queries.turn_locks import with_turn


@dataclass(frozen=True)
class _Change:
    """What an update asks of the row as it would be: conditions over `changed`, and the values computed from it."""

    entity: Entity
    accepted: tuple[Field, ...]
    conditions: tuple[exp.Expr, ...]
    computed: tuple[tuple[Field, exp.Expr], ...]

    @property
    def needs_new(self) -> bool:
        """Return whether anything is asked of the row as it would be, or computed from it."""
        return bool(self.conditions or self.computed)

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the columns of `changed` that are read, or computed, the id first."""
        found = new_columns(*self.conditions, *(tree for _, tree in self.computed), alias=CHANGED)
        found |= {item.column for item, _ in self.computed}
        ordered = [item.column for item in self.entity.fields.values() if item.column in found]
        return ("id", *ordered, *sorted(found - {"id", *ordered}))


def update_query(resolved: ResolvedDesign, route: Route) -> Query:
    """Return the statement that changes the given fields of a row, where the rule and the version allow it."""
    entity = entity_of(route)
    statement = resolved.statement(entity)
    identity = statement.value("id", f"{entity.name}_id")
    accepted = entity.accepted("update")
    values = {item.column: _value(statement, item, entity.table) for item in accepted}
    change = _change(resolved, entity, accepted)
    rule = resolved.allowed(entity, "update", signed_in=True)
    asked = conditions(statement, locked(resolved, entity, "update", rule), *change.conditions, indent=4)
    made = _new_row(statement, change, values, identity) if change.needs_new else ""
    version = statement.value("version", "if_match")
    texts = [f"{entity.table}.id = {f'{CHANGED}.id' if made else identity}", *([asked] if asked != "true" else [])]
    texts.append(f"({version}::timestamptz[] IS NULL OR {entity.table}.updated_at = ANY({version}))")
    has_event = any(event.plural == entity.plural and event.action == "update" for event in resolved.design.events)
    label = change_label(entity)
    returned = f"{entity.table}.*" if made else "*"
    returned += f", {_is_another(accepted)} AS {label}" if has_event else ""
    answered = f",\n    {entity.table}.{label}" if has_event else ""
    template = (
        f"WITH /* {route.statement} */ {made}updated AS (\n    UPDATE {entity.table}\n    SET "
        + ",\n        ".join([*_assignments(change, values), "updated_at = now()"])
        + (f"\n    FROM {CHANGED}\n    WHERE " if made else "\n    WHERE ")
        + "\n      AND ".join(texts)
        + f"\n    RETURNING {returned}\n)\nSELECT\n    {{COLUMNS}}{answered}\nFROM updated AS {entity.table}\n{{JOINS}}"
    )
    query = replace(answered_query(resolved, route, statement, template), tells_change=has_event)
    return with_turn(resolved, query, "update", rule, *change.conditions)


def _change(resolved: ResolvedDesign, entity: Entity, accepted: tuple[Field, ...]) -> _Change:
    """Return what is asked of the row after the update, as far as the fields that a client may send decide it."""
    computed = tuple(_computed(resolved, entity, accepted))
    rule = resolved.signed_in_rule(entity, entity.after_update, CHANGED)
    changing = {item.column for item in accepted} | {item.column for item, _ in computed}
    after = [part for part in conjuncts(rule) if new_columns(part, alias=CHANGED) & changing]
    moves = [move for item in accepted if (move := _move(resolved, entity, item, after)) is not None]
    asked = tuple(locked(resolved, entity, "update", part) for part in (*after, *moves))
    return _Change(entity, accepted, asked, computed)


def _created(resolved: ResolvedDesign, entity: Entity) -> list[exp.Expr]:
    """Return the parts of the rule for a creation, asked of the changed row; none where nobody may create."""
    return conjuncts(resolved.allowed(entity, "create", CHANGED, signed_in=True)) if "create" in entity.allow else []


def _move(resolved: ResolvedDesign, entity: Entity, item: Field, asked: list[exp.Expr]) -> exp.Expr | None:
    """Return what is asked where a relation changes: to read the new target, and what a creation there needs."""
    if not item.is_reference:
        return None
    created = _created(resolved, entity)
    needed = [part for part in created if item.column in new_columns(part, alias=CHANGED) and part not in asked]
    if must_be_readable(resolved, entity, item, "update") and not looks_through(resolved, entity, item, "create"):
        needed.insert(0, readable_or_absent(resolved, item, CHANGED))
    return any_of(_unchanged(entity, item), all_of(*needed)) if needed else None


def _computed(
    resolved: ResolvedDesign, entity: Entity, accepted: tuple[Field, ...]
) -> Iterator[tuple[Field, exp.Expr]]:
    """Give each field that the server computed from what a client may now change, with its value over `changed`.

    What is computed from such a value follows, too.
    """
    changing = {item.column: item for item in accepted}
    ahead = [item for item in entity.fields.values() if item.set not in {None, "me"} and item not in accepted]
    trees = {item.column: resolved.value(entity, item.set or "", CHANGED).sql for item in ahead}
    found = [item for item in ahead if new_columns(trees[item.column], alias=CHANGED) & changing.keys()]
    while found:
        for item in found:
            sources = [changing[name] for name in changing if name in new_columns(trees[item.column], alias=CHANGED)]
            same = all_of(*(_unchanged(entity, source) for source in sources))
            kept = exp.If(this=same, true=column(entity.table, item.column))
            yield item, exp.Case(ifs=[kept], default=trees[item.column])
        changing |= {item.column: item for item in found}
        ahead = [item for item in ahead if item.column not in changing]
        found = [item for item in ahead if new_columns(trees[item.column], alias=CHANGED) & changing.keys()]


def _unchanged(entity: Entity, item: Field) -> exp.Expr:
    kind = exp.NullSafeEQ if item.optional else exp.EQ
    return kind(this=column(CHANGED, item.column), expression=column(entity.table, item.column))


def _new_row(statement: StatementText, change: _Change, values: dict[str, str], identity: str) -> str:
    """Return the row as it would be: locked, so that nothing changes it between the rule and the write."""
    table = change.entity.table
    computed = {item.column: tree for item, tree in change.computed}
    names = [name for name in change.columns if name not in computed]
    given = [f"{values[name]} AS {name}" if name in values else f"{table}.{name}" for name in names]
    if not computed:
        chosen = ",\n        ".join(given)
        rest = f"FROM {table}\n    WHERE {table}.id = {identity}\n    FOR NO KEY UPDATE"
        return f"{CHANGED} AS (\n    SELECT\n        {chosen}\n    {rest}\n), "
    inner = select_new(statement, given, computed, 8, CHANGED)
    lateral = f"LATERAL (\n        {inner}\n    ) AS {CHANGED}"
    rest = f"WHERE {table}.id = {identity}\n    FOR NO KEY UPDATE OF {table}"
    return f"{CHANGED} AS (\n    SELECT {CHANGED}.*\n    FROM {table}, {lateral}\n    {rest}\n), "


def _assignments(change: _Change, values: dict[str, str]) -> list[str]:
    """Return `SET` of each field: from the row as it would be, where that was needed to ask a rule."""
    columns = change.columns if change.needs_new else ()
    sent = [f"{name} = {f'{CHANGED}.{name}' if name in columns else sql}" for name, sql in values.items()]
    return [*sent, *(f"{item.column} = {CHANGED}.{item.column}" for item, _ in change.computed)]


def _value(statement: StatementText, item: Field, table: str) -> str:
    """Return the value of one field: absent in the request means unchanged, and null clears what is optional."""
    value = statement.value(item.column, f"changes.{item.column}")
    if not item.optional:
        return f"coalesce({value}, {table}.{item.column})"
    given = statement.value(f"{item.column}_given", f'"{item.column}" in changes.model_fields_set')
    return f"CASE WHEN {given} THEN {value}::{sql_type(item)} ELSE {table}.{item.column} END"


def _is_another(items: tuple[Field, ...]) -> str:
    """Return whether the fields have other values than before, as SQL (PostgreSQL 18 returns the old row, too)."""
    old, new = (listed([f"{row}.{item.column}" for item in items], 8) for row in ("old", "new"))
    if not items:
        return "false"
    if len(items) == 1:
        return f"{old} IS DISTINCT FROM {new}"
    both = f"({old}) IS DISTINCT FROM ({new})"
    return both if "\n" not in both else f"(\n        {old}\n    ) IS DISTINCT FROM (\n        {new}\n    )"
