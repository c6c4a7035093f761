"""Two texts of the same migrations → a draft of the migration between them, which a person reads before it runs.

The texts are those that this tool generated, so that names say what is the same: a table, an index, a function, a
trigger, a column, a constraint. Nothing that holds data is dropped: such lines are comments. What was renamed looks
like one thing gone and another added. No database is asked.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pglast import parse_sql

from backend_architect.schema.table_difference import altered_table

SETTINGS = {"VariableSetStmt"}
"""What a draft says itself, such as how long it waits for locks."""
FIRST = {"CreateExtensionStmt", "CreateEnumStmt"}
HEAD = """-- migrate:up
-- A draft, made from two generated schemas: read it, complete it, and try it on a copy of the data. It locks the tables
-- that it changes until it ends. Where they are large, move their indexes to a file of its own, which begins with
-- `migrate:up transaction:false`, and create them CONCURRENTLY.
SET LOCAL lock_timeout = '1s';
"""
FOOT = "\n-- migrate:down\n"
SHOWN_TABLES = 2
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SchemaStatement:
    """One statement of a migration: `key` is what stays the same when it changes, `text` has its comments."""

    key: Key
    text: str
    node: Any

    @property
    def bare(self) -> str:
        """Return the text without comments, to compare."""
        lines = (line for line in self.text.splitlines() if not line.lstrip().startswith("--"))
        return " ".join(" ".join(lines).split())


@dataclass(frozen=True, slots=True)
class MigrationDraft:
    """The text of a migration, and a name for its file."""

    name: str
    text: str


def draft_migration(before: str, after: str) -> MigrationDraft | None:
    """Return the migration from one text to the other; None where they differ in comments at most."""
    old, new = _statements(before), _statements(after)
    parts = list(_parts(old, new))
    if not parts:
        return None
    return MigrationDraft(_name(old, new), "\n\n".join([HEAD.rstrip(), *parts]) + "\n" + FOOT)


def _statements(text: str) -> dict[Key, SchemaStatement]:
    found = {}
    encoded = text.encode()  # PostgreSQL counts bytes
    for raw in parse_sql(text):
        if type(raw.stmt).__name__ in SETTINGS:
            continue
        begin = raw.stmt_location or 0
        end = begin + raw.stmt_len if raw.stmt_len else len(encoded)
        source = encoded[begin:end].decode().strip()
        statement = SchemaStatement(_key(raw.stmt, source), source + ";", raw.stmt)
        found[statement.key] = statement
    return found


def _key(node: Any, source: str) -> Key:
    match type(node).__name__:
        case "CreateStmt":
            return "table", node.relation.relname
        case "IndexStmt":
            return "index", node.idxname
        case "CreateFunctionStmt":
            return "function", node.funcname[-1].sval
        case "CreateTrigStmt":
            return "trigger", f"{node.trigname} ON {node.relation.relname}"
        case _:
            return "other", SchemaStatement(("", ""), source, node).bare


def _parts(old: Mapping[Key, SchemaStatement], new: Mapping[Key, SchemaStatement]) -> Iterator[str]:
    """Give the statements of the draft, in an order in which each finds what it needs."""
    gone = [each for key, each in old.items() if key not in new]
    added = [each for key, each in new.items() if key not in old]
    changed = [each for key, each in new.items() if key in old and old[key].bare != each.bare]
    replaced = [*gone, *changed]
    yield from (f"DROP TRIGGER {each.key[1]};" for each in _of("trigger", replaced))
    yield from (f"DROP INDEX {each.key[1]};" for each in _of("index", replaced))
    yield from (f"DROP FUNCTION {each.key[1]};" for each in _of("function", gone))
    yield from (each.text for each in _of("other", added) if type(each.node).__name__ in FIRST)
    yield from (_or_replace(each) for each in _of("function", [*added, *changed]))
    yield from (each.text for each in _of("table", added))
    yield from (altered_table(old[each.key].node, each.node) for each in _of("table", changed))
    yield from (each.text for each in _of("other", added) if type(each.node).__name__ not in FIRST)
    yield from (each.text for each in [*_of("index", [*added, *changed]), *_of("trigger", [*added, *changed])])
    yield from (f"-- Nothing uses {each.key[1]} any more:\n-- DROP TABLE {each.key[1]};" for each in _of("table", gone))
    yield from (f"-- No longer generated:\n-- {each.bare}" for each in _of("other", gone))


def _of(kind: str, statements: Sequence[SchemaStatement]) -> list[SchemaStatement]:
    return [each for each in statements if each.key[0] == kind]


def _or_replace(function: SchemaStatement) -> str:
    return function.text.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)


def _name(old: Mapping[Key, SchemaStatement], new: Mapping[Key, SchemaStatement]) -> str:
    """Return a name after the tables that change, or after the whole where there are many or none."""
    tables = [
        key[1]
        for key, each in {**old, **new}.items()
        if key[0] == "table" and (key not in old or key not in new or old[key].bare != each.bare)
    ]
    return "change_" + ("_".join(tables) if 0 < len(tables) <= SHOWN_TABLES else "schema")
