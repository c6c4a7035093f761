"""The statements that make a structure again in an empty database, in the order in which most of them succeed."""

from collections.abc import Collection, Iterator

from backend_architect.planner_twin.structure.model import Definition, Named, Structure, StructureTable, TableColumn
from backend_architect.postgres.catalog.model import quoted

STAND_IN = "bytea"
"""The type of a column whose own type is not there: it is as wide as its statistics say."""


def before_tables(structure: Structure) -> tuple[Definition, ...]:
    """Return what makes types and functions; schemas and extensions must be there."""
    return (*structure.types, *structure.code)


def create_statements(structure: Structure, missing: Collection[str] = ()) -> tuple[Definition, ...]:
    """Return what makes the tables and all that stands on them; columns of the types `missing` get a stand-in."""
    tables = {table.qualified: table for table in structure.tables}
    made = [_table(table, missing) for table in structure.tables if table.kind != "m"]
    views = (_view(view, tables.get(view.name), missing) for view in structure.views)
    defaults = (_defaults(table) for table in structure.tables if any(map(_has_default, table.columns)))
    return (*made, *views, *(each for each in defaults if each), *structure.rest)


def types_of(structure: Structure) -> tuple[str, ...]:
    """Return every type that columns have, without lengths."""
    return tuple(sorted({column.bare_type for table in structure.tables for column in table.columns}))


def stand_ins(structure: Structure, missing: Collection[str]) -> Iterator[Named]:
    """Give each column that gets a type which is not its own."""
    for table in structure.tables:
        for column in table.columns:
            if column.bare_type in missing:
                name = f"{table.qualified}.{quoted(column.name)}"
                yield Named("column", name, f"the type {column.bare_type} is not there: planned as {STAND_IN}")


def _table(table: StructureTable, missing: Collection[str]) -> Definition:
    return Definition("table", table.qualified, _create_table(table, missing))


def _view(view: Definition, table: StructureTable | None, missing: Collection[str]) -> Definition:
    """Return the view; a materialised one that cannot be made is made as a table."""
    instead = _create_table(table, missing) if table else ""
    return Definition(view.kind, view.name, view.sql, instead)


def _create_table(table: StructureTable, missing: Collection[str]) -> str:
    unlogged = "UNLOGGED " if table.unlogged and not table.partitioned_by else ""
    parts = [f"CREATE {unlogged}TABLE {table.qualified}"]
    if table.bound:
        needed = [f"{quoted(column.name)} NOT NULL" for column in table.columns if column.not_null]
        parts.append(f"PARTITION OF {table.parents[0]}")
        parts += [f"({', '.join(needed)})"] if needed else []
        parts.append(table.bound)
    else:
        parts.append(f"({', '.join(_column(column, missing) for column in table.columns if column.local)})")
        parts += [f"INHERITS ({', '.join(table.parents)})"] if table.parents else []
    if table.partitioned_by:
        parts.append(f"PARTITION BY {table.partitioned_by}")
    else:
        parts.append(f"WITH ({', '.join((*table.options, 'autovacuum_enabled = off'))})")
    return " ".join(parts)


def _column(column: TableColumn, missing: Collection[str]) -> str:
    gone = column.bare_type in missing
    parts = [quoted(column.name), STAND_IN if gone else column.type, "STORAGE PLAIN"]
    parts += [f"COLLATE {column.collation}"] if column.collation and not gone else []
    if column.generated_as and not gone:
        parts.append(f"GENERATED ALWAYS AS ({column.default}) {'VIRTUAL' if column.generated_as == 'v' else 'STORED'}")
    if column.identity:
        parts.append(f"GENERATED {'ALWAYS' if column.identity == 'a' else 'BY DEFAULT'} AS IDENTITY")
    return " ".join([*parts, *(["NOT NULL"] if column.not_null else [])])


def _has_default(column: TableColumn) -> bool:
    return bool(column.default) and not column.generated_as


def _defaults(table: StructureTable) -> Definition | None:
    if table.kind == "m":
        return None
    own = [f"ALTER {quoted(column.name)} SET DEFAULT {column.default}" for column in table.columns
           if _has_default(column)]  # fmt: skip
    return Definition("defaults", table.qualified, f"ALTER TABLE ONLY {table.qualified} {', '.join(own)}")
