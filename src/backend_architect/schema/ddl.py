"""A schema as SQL that people read: one statement a table, each index with the statements that need it."""

from backend_architect.schema.columns import EACH_MATCHES
from backend_architect.schema.model import (
    ColumnChange,
    ColumnDefinition,
    IndexDefinition,
    KeptCount,
    Schema,
    TableDefinition,
    Trigger,
    Turns,
)


def schema_sql(schema: Schema) -> str:
    """Return the SQL that creates the whole schema in an empty database."""
    parts = [f"CREATE EXTENSION IF NOT EXISTS {name};" for name in schema.extensions]
    if any("each_matches(" in constraint.sql for table in schema.tables for constraint in table.constraints):
        parts.append(EACH_MATCHES)
    parts += schema.functions
    created: set[str] = set()
    late: list[str] = []
    for table in schema.tables:
        created.add(table.name)
        parts.append(table_sql(table, created))
        late += [_late_key(table, key.column) for key in table.foreign_keys if key.table not in created]
        parts += [letters_index_sql(table, column) for column in table.unique_letters]
        parts += [index_sql(index) for index in table.indexes]
    turns = (turns_sql(each) for each in schema.turns)
    return "\n\n".join([*parts, *late, *turns, *(trigger_sql(trigger) for trigger in schema.triggers)]) + "\n"


def table_sql(table: TableDefinition, created: set[str]) -> str:
    """Return CREATE TABLE; a foreign key to a table that is not `created` yet is left for later."""
    inline = len(table.primary_key) == 1
    lines = [_column_sql(table, column, created, primary=inline) for column in table.columns]
    if not inline:
        lines.append(f"PRIMARY KEY ({', '.join(table.primary_key)})")
    lines += [f"UNIQUE ({', '.join(group)})" for group in table.unique if len(group) > 1]
    lines += [f"CONSTRAINT {constraint.name} {constraint.sql}" for constraint in table.constraints]
    storage = f" WITH (fillfactor = {table.fillfactor})" if table.fillfactor else ""
    body = ",\n    ".join(lines)
    return f"CREATE TABLE {table.name} (\n    {body}\n){storage};"


def letters_index_sql(table: TableDefinition, column: str) -> str:
    """Return CREATE UNIQUE INDEX for an address: `Ann@example.com` is `ann@example.com`."""
    return f"CREATE UNIQUE INDEX {table.name}_{column}_key ON {table.name} (lower({column}));"


def index_sql(index: IndexDefinition) -> str:
    """Return CREATE INDEX under a comment that names who needs it."""
    using = "" if index.method == "btree" else f" USING {index.method}"
    needed = ", ".join(index.needed_by)
    return f"-- for {needed}\nCREATE INDEX {index.name} ON {index.table}{using} ({', '.join(index.columns)});"


def trigger_sql(trigger: Trigger) -> str:
    """Return the trigger functions and the triggers of one table."""
    parts = [_row_trigger(trigger)] if trigger.on_insert or trigger.on_delete else []
    parts += [_statement_trigger(trigger.table, trigger.counted)] if trigger.counted else []
    vias = dict.fromkeys(each.via for each in trigger.moved)
    parts += [_moved_trigger(trigger.table, via, [one for one in trigger.moved if one.via == via]) for via in vias]
    return "\n\n".join(parts)


def _row_trigger(trigger: Trigger) -> str:
    name = f"{trigger.table}_changed"
    branches = {
        word: _changes(changes, row)
        for word, row, changes in (("INSERT", "NEW", trigger.on_insert), ("DELETE", "OLD", trigger.on_delete))
        if changes
    }
    if len(branches) > 1:
        branches = {
            word: [f"IF tg_op = '{word}' THEN", *_indented(lines), "END IF;"] for word, lines in branches.items()
        }
    body = "\n".join(line for lines in branches.values() for line in _indented(lines))
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n{body}\n    RETURN NULL;\nEND $$;\n\n"
        f"CREATE TRIGGER {name} AFTER {' OR '.join(branches)} ON {trigger.table}\n"
        f"    FOR EACH ROW EXECUTE FUNCTION {name}();"
    )


def _moved_trigger(table: str, via: str, counted: list[KeptCount]) -> str:
    """Return what counts a row at its new place, and no longer at the old one."""
    name = f"{table}_{via}_moved"
    lines = []
    for target in dict.fromkeys(each.table for each in counted):
        columns = [each.column for each in counted if each.table == target]
        lines.append(f"PERFORM FROM {target} WHERE id IN (OLD.{via}, NEW.{via}) ORDER BY id FOR NO KEY UPDATE;")
        for row, sign in (("OLD", "-"), ("NEW", "+")):
            changes = ", ".join(f"{column} = {column} {sign} 1" for column in columns)
            lines.append(f"UPDATE {target} SET {changes} WHERE id = {row}.{via};")
    body = "\n".join(_indented(lines))
    return (
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n{body}\n    RETURN NULL;\nEND $$;\n\n"
        f"CREATE TRIGGER {name} AFTER UPDATE OF {via} ON {table} FOR EACH ROW\n"
        f"    WHEN (OLD.{via} IS DISTINCT FROM NEW.{via}) EXECUTE FUNCTION {name}();"
    )


def _statement_trigger(table: str, counted: tuple[KeptCount, ...]) -> str:
    """Return what counts down once for all the rows that a statement deletes, however many a cascade takes along.

    The plan is made once a connection. One that was made for many rows would read the whole table for a single one,
    so that only a nested loop may be chosen; it also writes the rows in the order in which they come, that of the ids.
    """
    name = f"{table}_deleted"
    groups = [tuple(each for each in counted if each.table == to) for to in dict.fromkeys(c.table for c in counted)]
    body = "\n".join(line for group in groups for line in _indented(_count_down(group)))
    return (
        "-- Once for all rows of a statement, also of a cascade. The plan is kept: a nested loop suits one row and\n"
        "-- many, and writes in the order of ids, in which no two wait for each other.\n"
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql\n"
        f"    SET enable_hashjoin = off SET enable_mergejoin = off AS $$\nBEGIN\n{body}\n    RETURN NULL;\nEND $$;\n\n"
        f"CREATE TRIGGER {name} AFTER DELETE ON {table} REFERENCING OLD TABLE AS gone\n"
        f"    FOR EACH STATEMENT EXECUTE FUNCTION {name}();"
    )


def _count_down(counted: tuple[KeptCount, ...]) -> list[str]:
    """Return the UPDATE of the counts that are in one table: each of its rows is written once."""
    table, columns = counted[0].table, [each.column for each in counted]
    if len(counted) == 1:
        via = counted[0].via
        lines = [f"SELECT {via} AS id, count(*) AS {columns[0]} FROM gone GROUP BY {via} ORDER BY {via}"]
    else:
        sums = ", ".join(f"sum({column}) AS {column}" for column in columns)
        ones = ", ".join(f"({one.via}, {', '.join('01'[one is each] for each in counted)})" for one in counted)
        lines = [
            f"SELECT id, {sums}",
            f"FROM gone, LATERAL (VALUES {ones})",
            f"    AS counted (id, {', '.join(columns)})",
            "GROUP BY id ORDER BY id",
        ]
    less = [f"{column} = {table}.{column} - gone.{column}" for column in columns]
    sets = [f"{line}," for line in less[:-1]] + less[-1:]
    return [
        f"UPDATE {table} SET {sets[0]}",
        *_indented(sets[1:]),
        "FROM (",
        *_indented(lines),
        f") AS gone WHERE {table}.id = gone.id;",
    ]


def turns_sql(turns: Turns) -> str:
    """Return the function and the trigger that let writers take turns.

    The locks are numbered to 1,024, so that a transaction which writes many rows never needs more of the lock table.
    """
    name, about = f"{turns.table}_take_turns", f"{turns.table}_no_overlap"
    columns = ", ".join(f"NEW.{column}" for column in turns.per)
    value = columns if len(turns.per) == 1 else f"row({columns})"
    same = f"hashtext({value}::text) & 1023" if turns.per else "0"
    scope = f" of the same {' and '.join(turns.per)}" if turns.per else ""
    return (
        f"-- Rows{scope} come one at a time: two at once would each find the other, and end as a deadlock.\n"
        f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$\nBEGIN\n"
        f"    PERFORM pg_advisory_xact_lock(hashtext('{about}'), {same});\n    RETURN NEW;\nEND $$;\n\n"
        f"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE OF {', '.join(turns.columns)} ON {turns.table}\n"
        f"    FOR EACH ROW EXECUTE FUNCTION {name}();"
    )


def _changes(changes: tuple[ColumnChange, ...], row: str) -> list[str]:
    updates = [f"UPDATE {c.table} SET {c.column} = {c.value} WHERE id = {row}.{c.via};" for c in changes]
    return [*_locks(changes, row), *updates]


def _locks(changes: tuple[ColumnChange, ...], row: str) -> list[str]:
    """Return the locks, in the order of ids, where one row changes two of a table: else two writers could deadlock."""
    lines = []
    for table in dict.fromkeys(change.table for change in changes):
        keys = list(dict.fromkeys(f"{row}.{change.via}" for change in changes if change.table == table))
        if len(keys) > 1:
            lines.append(f"PERFORM FROM {table} WHERE id IN ({', '.join(keys)}) ORDER BY id FOR NO KEY UPDATE;")
    return lines


def _indented(lines: list[str]) -> list[str]:
    return [f"    {line}" for line in lines]


def _column_sql(table: TableDefinition, column: ColumnDefinition, created: set[str], *, primary: bool) -> str:
    parts = [column.name, column.sql_type]
    if column.generated:
        return " ".join([*parts, f"GENERATED ALWAYS AS ({column.generated}) STORED"])
    if primary and table.primary_key == (column.name,):
        parts.append("PRIMARY KEY")
    elif not column.nullable:
        parts.append("NOT NULL")
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if (column.name,) in table.unique:
        parts.append("UNIQUE")
    keys = [key for key in table.foreign_keys if key.column == column.name and key.table in created]
    parts += [f"REFERENCES {key.table} ON DELETE {key.on_delete.upper()}" for key in keys]
    return " ".join(parts)


def _late_key(table: TableDefinition, column: str) -> str:
    key = next(key for key in table.foreign_keys if key.column == column)
    return (
        f"ALTER TABLE {table.name} ADD FOREIGN KEY ({column}) REFERENCES {key.table} ON DELETE {key.on_delete.upper()};"
    )
