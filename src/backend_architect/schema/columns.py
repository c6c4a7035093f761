"""The columns, checks and unique groups of a table."""

from sqlglot import exp

from backend_architect.design.model import NUMERIC, TEXTUAL, Design, Edge, Entity, Field, FieldType
from backend_architect.design.overflow import MOST_DAYS
from backend_architect.design.postgres_types import is_small
from backend_architect.design.printing import sql_text
from backend_architect.queries.new_row import default_sql
from backend_architect.queries.resolved import ResolvedDesign
from backend_architect.queries.rows import SQL_TYPES
from backend_architect.schema.model import ColumnDefinition, Constraint, ForeignKeyDefinition, TableDefinition

LIST_MAX = 100
FILLFACTOR = 90
"""Room that a page keeps free where counters change, so that an update stays on its page (a HOT update)."""

SLUG_PATTERN = "^[a-z0-9]+(?:[-_][a-z0-9]+)*$"
EMAIL_PATTERN = "^[^@[:space:]]+@[^@[:space:]]+$"
URL_PATTERN = "^https?://"


FIRST_AND_END = {
    FieldType.DATE: ("0001-01-01", "10000-01-01"),
    FieldType.TIMESTAMP: ("0001-01-01 00:00:00+00", "10000-01-01 00:00:00+00"),
}
"""The first date that an answer can have, and the one that is too late."""

EACH_MATCHES = """\
-- Whether each item of a list is as a single field of its type has to be.
CREATE FUNCTION each_matches(items text[], pattern text, shortest integer, longest integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (
        SELECT count(*) = 0 FROM unnest(items) AS item
        WHERE (item ~ pattern AND char_length(item) BETWEEN shortest AND longest) IS NOT TRUE
    );"""


def column_type(item: Field) -> str:
    """Return the PostgreSQL type that stores a field."""
    if item.type is FieldType.INTEGER:
        return "integer" if is_small(item) else "bigint"
    if item.type is FieldType.DECIMAL:
        return f"numeric({18 + item.scale}, {item.scale})"
    if item.type is FieldType.LIST:
        return f"{column_type(item.each)}[]"
    return SQL_TYPES.get(item.type, "text")


def entity_table(resolved: ResolvedDesign, entity: Entity) -> TableDefinition:
    """Return the table of an entity, still without its indexes."""
    columns = [ColumnDefinition("id", "uuid", default="uuidv7()")]
    columns += [_column(item) for item in entity.fields.values()]
    counters = [name for name in entity.counts if resolved.kept(entity.name, name)]
    columns += [ColumnDefinition(f"{name}_count", "bigint", default="0") for name in counters]
    columns += [
        ColumnDefinition("created_at", "timestamptz", default="now()"),
        ColumnDefinition("updated_at", "timestamptz", default="now()"),
    ]
    searched = _searched(resolved, entity)
    if searched:
        joined = " || ' ' || ".join(f"coalesce({name}, '')" for name in searched)
        columns.append(ColumnDefinition("search", "tsvector", generated=f"to_tsvector('simple', {joined})"))
    checks = [check for item in entity.fields.values() if (check := _check(entity.table, item))]
    checks += [_named(resolved, entity, name, text) for name, text in entity.constraints.items()]
    if entity.no_overlap:
        checks.append(_no_overlap(entity))
    unique = [item for item in entity.fields.values() if item.unique]
    single = [(item.column,) for item in unique if item.type is not FieldType.EMAIL]
    groups = [tuple(entity.fields[name].column for name in group) for group in entity.unique]
    return TableDefinition(
        name=entity.table,
        columns=tuple(columns),
        primary_key=("id",),
        foreign_keys=_foreign_keys(resolved.design, entity),
        constraints=tuple(checks),
        unique=tuple(dict.fromkeys([*single, *groups])),
        unique_letters=tuple(item.column for item in unique if item.type is FieldType.EMAIL),
        fillfactor=FILLFACTOR if counters else None,
    )


def edge_table(design: Design, edge: Edge) -> TableDefinition:
    """Return the table of an edge: its pair is the primary key."""
    columns = [
        *(_column(item) for item in edge.fields.values()),
        ColumnDefinition("created_at", "timestamptz", default="now()"),
    ]
    checks = [check for item in edge.fields.values() if (check := _check(edge.table, item))]
    first, second = _pair_order(edge)
    return TableDefinition(
        name=edge.table,
        columns=tuple(columns),
        primary_key=(first.column, second.column),
        foreign_keys=_foreign_keys(design, edge),
        constraints=tuple(checks),
    )


def _pair_order(edge: Edge) -> tuple[Field, Field]:
    """Return the pair with the caller's side first: rules and feeds look edges up from the caller."""
    return (edge.mine, edge.other(edge.mine)) if edge.mine else edge.pair


def _column(item: Field) -> ColumnDefinition:
    return ColumnDefinition(item.column, column_type(item), nullable=item.optional, default=default_sql(item))


def _check(table: str, item: Field) -> Constraint | None:
    """Return the check that keeps what is stored as bounded as what is accepted."""
    name = f"{table}_{item.column}_check"
    parts: list[str] = []
    if item.type is FieldType.ONE_OF:
        parts.append(f"{item.name} IN ({', '.join(_quoted(choice) for choice in item.choices)})")
    elif item.type in TEXTUAL or item.type is FieldType.FILE:
        low, high = item.length if item.type is not FieldType.FILE else (1, 1024)
        parts.append(
            f"char_length({item.name}) BETWEEN {low} AND {high}" if low else f"char_length({item.name}) <= {high}"
        )
        parts += [f"{item.name} ~ '{pattern}'" for kind, pattern in _PATTERNS.items() if item.type is kind]
    elif item.type in NUMERIC:
        parts += _number_bounds(item)
    elif item.type is FieldType.DURATION:
        parts.append(f"{item.name} BETWEEN interval '-{MOST_DAYS} days' AND interval '{MOST_DAYS} days'")
    elif item.type in FIRST_AND_END and item.set is not None:
        first, end = FIRST_AND_END[item.type]
        parts.append(f"{item.name} >= '{first}' AND {item.name} < '{end}'")
    elif item.type is FieldType.LIST:
        parts.append(f"cardinality({item.name}) BETWEEN {int(item.min or 0)} AND {int(item.max or LIST_MAX)}")
        parts.append(_each_item(item))
    return Constraint(name, f"CHECK ({' AND '.join(parts)})") if parts else None


def _number_bounds(item: Field) -> list[str]:
    low, high = (item.min, item.max) if item.type is FieldType.DECIMAL or is_small(item) else item.range
    return [f"{item.name} {sign} {bound}" for sign, bound in ((">=", low), ("<=", high)) if bound is not None]


_PATTERNS = {FieldType.SLUG: SLUG_PATTERN, FieldType.EMAIL: EMAIL_PATTERN, FieldType.URL: URL_PATTERN}


def _each_item(item: Field) -> str:
    """Return the condition on the items of a list: what a single field of their type is held to, and none is null."""
    each = item.each
    if each.type not in TEXTUAL:
        return f"array_position({item.name}, NULL) IS NULL"
    low, high = each.length
    return f"each_matches({item.name}, '{_PATTERNS.get(each.type, '')}', {low}, {high})"


def _named(resolved: ResolvedDesign, entity: Entity, name: str, text: str) -> Constraint:
    tree = resolved.rule(entity, text).transform(_without_table)
    return Constraint(f"{entity.table}_{name}", f"CHECK ({sql_text(tree)})")


def _without_table(node: exp.Expr) -> exp.Expr:
    return exp.column(node.name) if isinstance(node, exp.Column) else node


def _no_overlap(entity: Entity) -> Constraint:
    assert entity.no_overlap is not None
    rule = entity.no_overlap
    kind = "daterange" if entity.fields[rule.start].type is FieldType.DATE else "tstzrange"
    per = [f"{entity.fields[name].column} WITH =" for name in rule.per]
    sql = f"EXCLUDE USING gist ({', '.join([*per, f'{kind}({rule.start}, {rule.end}) WITH &&'])})"
    return Constraint(f"{entity.table}_no_overlap", sql)


def _foreign_keys(design: Design, row: Entity | Edge) -> tuple[ForeignKeyDefinition, ...]:
    return tuple(
        ForeignKeyDefinition(item.column, design.entities[item.to or ""].table, item.on_delete)
        for item in row.references
    )


def _searched(resolved: ResolvedDesign, entity: Entity) -> list[str]:
    """Return the fields that any list of the entity searches."""
    lists = [route.list for route in resolved.routes if route.row is entity and route.list]
    return list(dict.fromkeys(name for spec in lists for name in spec.match))


def _quoted(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
