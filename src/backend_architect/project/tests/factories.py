"""`tests/factories.py`: one function for each entity and edge that puts a usual row into the database."""

from dataclasses import replace
from textwrap import wrap

from backend_architect.design.distinguishing_fields import crowded_group, distinct_fields
from backend_architect.design.model import Design, Edge, Entity, Field, FieldType, Row, RowAction
from backend_architect.design.names import words
from backend_architect.design.python_names import FACTORY, variable
from backend_architect.design.ranges import in_ranges
from backend_architect.design.routes import nested_under
from backend_architect.design.sample_numbers import usual_number
from backend_architect.design.wording import a
from backend_architect.project.samples import sample_source
from backend_architect.project.tests.actions import sent_factory
from backend_architect.project.tests.numbered import numbered_source
from backend_architect.project.tests.range_lines import range_lines

HEAD = '''"""Rows for tests: each function makes a usual row, the owner's where it belongs to somebody."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from uuid import UUID, uuid4

from app.core.database import Executor

_numbers = count(1)
'''


SQL_WIDTH = 100


def render_factories(design: Design) -> str:
    """Return the module with the factories and the bodies that creations send."""
    made = [_factory(design, row) for row in design.rows_by_plural.values()]
    bodies = [_body(design, row) for row in design.rows_by_plural.values() if "create" in row.allow]
    bodies += [
        _sent(design, entity, action)
        for entity in design.entities.values()
        for action in entity.actions.values()
        if entity.taken(action)
    ]
    names = ", ".join(f'"{entity.name}": make_{entity.name}' for entity in design.entities.values())
    table = f"FACTORIES: dict[str, Callable[..., Awaitable[UUID]]] = {{{names}}}"
    return "\n\n".join([HEAD, *made, *[body for body in bodies if body], table])


def parent_factory(design: Design, item: Field) -> str:
    """Return the call that makes a row for a relation to point at; accounts that are nobody's stay strangers."""
    owner = "" if design.account and item.to == design.account.name else ", owner"
    return f"await make_{item.to}(db{owner})"


def _factory(design: Design, row: Row) -> str:
    account = design.account is row
    timed, apart = in_ranges(row), distinct_fields(row)
    arguments = ["db: Executor", *([] if account else ["owner: UUID"]), "*"]
    lines: list[str] = []
    columns: list[str] = []
    for item in row.fields.values():
        name = variable(item.column, FACTORY)
        columns.append(item.column)
        if item.set == "me":
            arguments.append(f"{name}: UUID | None = None")
            lines.append(f"{name} = {name} or owner")
            continue
        if item.is_reference and not item.optional:
            arguments.append(f"{name}: UUID | None = None")
            lines.append(f"{name} = {name} or {parent_factory(design, item)}")
            continue
        if item.name in timed:
            arguments.append(f"{name}: {_type(item)} | None = None")
            continue
        own = item.name in apart
        arguments.append(_argument(item, own=own, usual=None if own else usual_number(design, row, item)))
        if item.type is FieldType.LIST and not item.optional:
            lines.append(f"{name} = {name} or {sample_source(item) if item.min else '[]'}")
        if own:
            lines.append(f"{name} = {name} or {numbered_source(item)}")
    return _function(row, arguments, [*lines, *range_lines(row, given=True)], columns)


def _function(row: Row, arguments: list[str], lines: list[str], columns: list[str]) -> str:
    numbers = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    edge = isinstance(row, Edge)
    crowded = ", ".join(row.fields[name].column for name in crowded_group(row))
    returning = "" if edge else " RETURNING id"
    if crowded:
        returning = f" ON CONFLICT ({crowded}) DO UPDATE SET updated_at = now() RETURNING id"
    insert = f"INSERT INTO {row.table} ({', '.join(columns)}) VALUES ({numbers}){returning}"
    if not columns:
        insert = f"INSERT INTO {row.table} DEFAULT VALUES{returning}"
    statement = f'    sql = "{insert}"'
    if len(insert) > SQL_WIDTH:
        lines_of_sql = wrap(insert, SQL_WIDTH, break_long_words=False, break_on_hyphens=False)
        statement = "    sql = (\n" + "\n".join(f'        "{line} "' for line in lines_of_sql) + "\n    )"
    call = ", ".join(["sql", *(variable(column, FACTORY) for column in columns)])
    body = [f"    {line}" for line in lines]
    if edge:
        end = f"    await db.execute({call})"
    else:
        end = "\n".join(
            (
                f"    identity = await db.fetchval({call})",
                "    assert isinstance(identity, UUID)",
                "    return identity",
            )
        )
    if arguments[-1] == "*":
        arguments.pop()
    about = f"Make a {words(row.name)}." if edge else f"Return the id of a new {words(row.name)}."
    head = f"async def make_{row.name}({', '.join(arguments)}) -> {'None' if edge else 'UUID'}:"
    return "\n".join([head, f'    """{about}"""', *body, statement, end, ""])


def _made_room(row: Row) -> list[str]:
    """Return the line that deletes the owner's row where there can be no second one beside it."""
    mine = [row.fields[name].column for name in crowded_group(row) if row.fields[name].set == "me"]
    return [f'await db.execute("DELETE FROM {row.table} WHERE {column} = $1", owner)' for column in mine[:1]]


def _argument(item: Field, *, own: bool, usual: int | None) -> str:
    if usual is not None:
        return f"{variable(item.column, FACTORY)}: {_type(item)} = {_number(item, usual)}"
    if own or item.type is FieldType.LIST or (item.optional and item.default is None):
        return f"{variable(item.column, FACTORY)}: {_type(item)} | None = None"
    return f"{variable(item.column, FACTORY)}: {_type(item)} = {sample_source(item)}"


def _number(item: Field, value: int, *, json: bool = False) -> str:
    if item.type is not FieldType.DECIMAL:
        return str(value)
    return f'"{value}"' if json else f'Decimal("{value}")'


def _type(item: Field) -> str:
    names = {
        FieldType.INTEGER: "int",
        FieldType.MONEY: "int",
        FieldType.DECIMAL: "Decimal",
        FieldType.BOOLEAN: "bool",
        FieldType.DATE: "date",
        FieldType.TIMESTAMP: "datetime",
        FieldType.DURATION: "timedelta",
        FieldType.UUID: "UUID",
        FieldType.REFERENCE: "UUID",
    }
    if item.type is FieldType.LIST:
        return f"list[{_type(item.each)}]"
    return names.get(item.type, "str")


def _body(design: Design, row: Row) -> str:
    """Return the function that gives a valid creation's body: `new_post(db, owner)`."""
    fields = row.accepted("create") if isinstance(row, Entity) else tuple(row.extra.values())
    parent = nested_under(design, row) if isinstance(row, Entity) else None
    entries = _entries(design, row, tuple(item for item in fields if item is not parent))
    if isinstance(row, Edge) and not fields:
        return ""
    lines = [f"    {line}\n" for line in [*_made_room(row), *range_lines(row, given=False)]]
    return (
        f"async def new_{row.name}(db: Executor, owner: UUID) -> dict[str, object]:\n"
        f'    """Return what it takes to make a {words(row.name)}."""\n{"".join(lines)}'
        f"    return {{{', '.join(entries)}}}\n"
    )


def _sent(design: Design, entity: Entity, action: RowAction) -> str:
    """Return the function that gives what an action takes: `sent_ship_order(db, owner)`."""
    about = f"Return what it takes to {words(action.name)} {a(words(entity.name))}."
    entries = _entries(design, replace(entity, no_overlap=None), entity.taken(action))
    return (
        f"async def {sent_factory(entity, action)}(db: Executor, owner: UUID) -> dict[str, object]:\n"
        f'    """{about}"""\n    return {{{", ".join(entries)}}}\n'
    )


def _entries(design: Design, row: Row, fields: tuple[Field, ...]) -> list[str]:
    """Return the entries of a body, as source: those that it needs."""
    timed, apart = in_ranges(row), distinct_fields(row)
    entries = []
    for item in fields:
        if item.optional or (item.default is not None and item.name not in apart):
            continue
        if item.is_reference:
            entries.append(f'"{item.column}": str({parent_factory(design, item)})')
        elif item.type is FieldType.FILE:
            entries.append(f'"{item.column}": f"{row.plural}.{item.name}/{{owner}}/{{uuid4()}}"')
        elif item.name in timed:
            entries.append(f'"{item.column}": {variable(item.column, FACTORY)}.isoformat()')
        elif item.name in apart:
            entries.append(f'"{item.column}": {numbered_source(item, json=True)}')
        else:
            usual = usual_number(design, row, item)
            source = sample_source(item, json=True) if usual is None else _number(item, usual, json=True)
            entries.append(f'"{item.column}": {source}')
    return entries
