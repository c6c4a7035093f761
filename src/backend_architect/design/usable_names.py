"""Whether PostgreSQL takes a name without quotes, and a rule can say it: both are tried, not looked up."""

from functools import cache

import pglast
from pglast import keywords
from sqlglot import Dialect

from backend_architect.design.expressions import resolve_rule
from backend_architect.design.model import Auth, Design, Entity, Field, FieldType
from backend_architect.design.names import RESERVED_SQL
from backend_architect.design.syntax import ExpressionError

WORDS = frozenset(
    {
        *keywords.RESERVED_KEYWORDS,
        *keywords.TYPE_FUNC_NAME_KEYWORDS,
        *keywords.COL_NAME_KEYWORDS,
        *keywords.UNRESERVED_KEYWORDS,
        *(word.lower() for word in Dialect.get_or_raise("postgres").tokenizer_class.KEYWORDS),
        *(word.lower() for word in Dialect.get_or_raise("postgres").parser_class.NO_PAREN_FUNCTION_PARSERS),
    }
)
"""What means something to PostgreSQL, or to the parser of rules: every other name is nothing but a name."""

SYSTEM_COLUMNS = frozenset({"cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"})
"""What every table of PostgreSQL has."""

AS_COLUMN = (
    "CREATE TABLE t (id uuid, {0} text NOT NULL, CHECK ({0} IN ('a')), CHECK (char_length({0}) <= 9), UNIQUE ({0}))",
    "CREATE INDEX ON t ({0} DESC, id)",
    "INSERT INTO t ({0}, id) SELECT {0}, id FROM t",
    "UPDATE t SET {0} = coalesce($1, {0}), id = CASE WHEN $2 THEN $3::uuid ELSE {0} END",
    "SELECT {0}, t.{0}, {0} + 1, coalesce({0}, '') FROM t WHERE {0} = $1 AND {0} IS NULL ORDER BY {0}",
)
AS_TABLE = (
    "CREATE TABLE {0} (id uuid REFERENCES {0} ON DELETE CASCADE)",
    "CREATE INDEX {0}_id_idx ON {0} (id)",
    "INSERT INTO {0} (id) VALUES ($1)",
    "UPDATE {0} SET id = $1 WHERE {0}.id = $2",
    "DELETE FROM {0} WHERE {0}.id = $1",
    "SELECT {0}.id FROM {0} JOIN t AS {0}_2 ON {0}.id = {0}_2.id WHERE EXISTS (SELECT 1 FROM {0} AS x)",
)


@cache
def is_column(name: str) -> bool:
    """Return whether a field, a count or a computed value can have this name."""
    if name in SYSTEM_COLUMNS | RESERVED_SQL:
        return False
    rule = f"{name} = 'a' and {name} is null or things.{name} in ('a', 'b')"
    return name not in WORDS or (_are_sql(AS_COLUMN, name) and _says(rule, thing=_thing(Field(name, FieldType.TEXT))))


@cache
def is_relation(name: str) -> bool:
    """Return whether a relation can have this name; its column is `<name>_id`."""
    field = Field(name, FieldType.REFERENCE, to="person")
    return name not in WORDS or _says(f"{name} = me and {name}.title = 'a' and {name} is not null", thing=_thing(field))


@cache
def is_table(name: str) -> bool:
    """Return whether an entity or an edge can have this plural."""
    thing = Entity("thing", name, {"title": Field("title", FieldType.TEXT)})
    rule = f"{name}.title = 'a' and exists (select from {name} where {name}.title = 'a' and title = 'b')"
    if name in RESERVED_SQL:
        return False
    return name not in WORDS or (_are_sql(AS_TABLE, name) and _says(rule, thing=thing))


@cache
def is_rule(name: str) -> bool:
    """Return whether a named rule can have this name."""
    thing = Entity("thing", "things", {"title": Field("title", FieldType.TEXT)}, rules={name: "title = 'a'"})
    return name not in WORDS or _says(f"{name} or not {name} and {name} is true", thing=thing)


@cache
def is_role(name: str) -> bool:
    """Return whether a role can have this name."""
    return name not in WORDS or _says(f"{name} or not {name}", roles=(name,))


def _thing(field: Field) -> Entity:
    return Entity("thing", "things", {field.name: field})


def _says(rule: str, *, thing: Entity | None = None, roles: tuple[str, ...] = ()) -> bool:
    thing = thing or Entity("thing", "things", {})
    person = Entity("person", "persons", {"title": Field("title", FieldType.TEXT)})
    design = Design("trial", auth=Auth("person", roles=roles), entities={"person": person, "thing": thing})
    try:
        resolve_rule(design, thing, rule)
    except ExpressionError:
        return False
    return True


def _are_sql(statements: tuple[str, ...], name: str) -> bool:
    try:
        for statement in statements:
            pglast.parse_sql(statement.format(name))
    except pglast.parser.ParseError:
        return False
    return True
