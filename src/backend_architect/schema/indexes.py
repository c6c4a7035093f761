"""Which indexes a schema needs: one for each list, rule and foreign key, none that no statement uses."""

from dataclasses import dataclass, replace

from sqlglot import exp, parse_one

from backend_architect.design.model import Edge, Entity, ListSpec
from backend_architect.design.routes import Route
from backend_architect.design.syntax import conjuncts
from backend_architect.queries.lists import fan_out, key_column
from backend_architect.queries.model import Query
from backend_architect.queries.resolved import ResolvedDesign
from backend_architect.schema.model import IndexDefinition, TableDefinition

MAX_NAME = 63


@dataclass(frozen=True, slots=True)
class Need:
    """`columns` of `table`, in this order, wanted by a statement or a rule; `exact` columns may come in any order."""

    table: str
    exact: tuple[str, ...]
    ordered: tuple[str, ...]
    by: str
    method: str = "btree"


def index_tables(
    resolved: ResolvedDesign, tables: tuple[TableDefinition, ...], queries: tuple[Query, ...]
) -> tuple[TableDefinition, ...]:
    """Return the tables with the fewest indexes that serve every need; each index names who needs it."""
    needs = [need for query in queries for need in _needs_of(resolved, query)]
    needs += [need for table in tables for need in _foreign_key_needs(table)]
    indexed = (_indexed(table, [need for need in needs if need.table == table.name]) for table in tables)
    taken = {table.name for table in tables}
    return tuple(_with(table, tuple(_own_name(index, taken) for index in table.indexes)) for table in indexed)


def _own_name(index: IndexDefinition, taken: set[str]) -> IndexDefinition:
    """Return the index under a name that nothing else has: that of (`a`, `b_c`) is that of (`a_b`, `c`) too."""
    tried = (index.name, *(f"{index.name[: MAX_NAME - 4]}__{number}" for number in range(2, 100)))
    name = next(name for name in tried if name not in taken)
    taken.add(name)
    return replace(index, name=name)


def _needs_of(resolved: ResolvedDesign, query: Query) -> list[Need]:
    needs = _subquery_needs(resolved, query)
    if query.route and query.list and isinstance(query.row, Entity):
        needs = [*_list_needs(resolved, query.route, query, query.list), *needs]
    return needs


def _list_needs(resolved: ResolvedDesign, route: Route, query: Query, spec: ListSpec) -> list[Need]:
    entity = query.row
    assert isinstance(entity, Entity)
    down = " DESC" if spec.order.descending else ""
    found_by_word = [Need(entity.table, ("search",), (), query.name, "gin")] if spec.match else []
    if spec.through:
        edge = resolved.design.rows_by_plural[spec.through[0]]
        assert isinstance(edge, Edge)
        side = edge.fields[spec.through[1]]
        order = (f"created_at{down}", f"{edge.other(side).column}{down}")
        return [Need(edge.table, (side.column,), order, query.name)]
    key = key_column(entity, spec)
    exact, ranged = _conditions(resolved, entity, spec)
    exact += [entity.fields[name].column for name in query.filters]
    if spec.by:
        exact.insert(0, entity.fields[spec.by].column)
    found = fan_out(resolved, entity, spec)
    if found:
        exact.insert(0, found.item.column)
    order = (f"{key}{down}", f"id{down}")
    if ranged and key not in ranged:
        order = (f"{ranged[0]} DESC", "id DESC")
    # a rare word is found by the words; of one that most rows have, the first rows in order are soon a page
    return [*found_by_word, Need(entity.table, tuple(dict.fromkeys(exact)), order, query.name)]


def _conditions(resolved: ResolvedDesign, entity: Entity, spec: ListSpec) -> tuple[list[str], list[str]]:
    """Return the columns that a list's `where` holds equal, and those that it bounds."""
    exact, ranged = [], []
    for part in conjuncts(resolved.rule(entity, spec.where)) if spec.where else []:
        column = part.this if isinstance(part, exp.Binary) else None
        if not isinstance(column, exp.Column) or column.table != entity.table:
            continue
        if isinstance(part, exp.EQ):
            exact.append(column.name)
        elif isinstance(part, exp.GT | exp.GTE | exp.LT | exp.LTE):
            ranged.append(column.name)
    return exact, ranged


def _subquery_needs(resolved: ResolvedDesign, query: Query) -> list[Need]:
    """Return the needs of the subqueries in a statement's rules: the columns that tie them to the outer row."""
    return [
        Need(table, columns, (), query.name)
        for table, columns in subquery_columns(resolved, query)
        if columns and columns != ("id",)
    ]


def subquery_columns(resolved: ResolvedDesign, query: Query) -> list[tuple[str, tuple[str, ...]]]:
    """Return, for every subquery of a statement's rules, its table and the columns that it holds equal."""
    found = []
    for select in parse_one(query.sql, dialect="postgres").find_all(exp.Select):
        source = select.args.get("from_")
        nested = isinstance(select.parent, exp.Exists | exp.In) or (
            isinstance(select.parent, exp.Subquery) and not isinstance(select.parent.parent, exp.From | exp.Join)
        )
        where = select.args.get("where")
        if not nested or source is None or where is None or not isinstance(source.this, exp.Table):
            continue
        if source.this.name not in resolved.design.rows_by_plural:
            continue
        names = _equal_columns(where.this, source.this.alias_or_name)
        found.append((source.this.name, names))
    return found


def _equal_columns(tree: exp.Expr, alias: str) -> tuple[str, ...]:
    names = []
    for part in conjuncts(tree):
        if not isinstance(part, exp.EQ):
            continue
        names += [side.name for side in (part.this, part.expression) if _is_column(side, alias)]
    return tuple(dict.fromkeys(names))


def _is_column(node: exp.Expr, alias: str) -> bool:
    return isinstance(node, exp.Column) and node.table == alias


def _foreign_key_needs(table: TableDefinition) -> list[Need]:
    return [Need(table.name, (key.column,), (), f"delete from {key.table}") for key in table.foreign_keys]


def _indexed(table: TableDefinition, needs: list[Need]) -> TableDefinition:
    """Return the table with its indexes: the longest needs first, so that a shorter one finds itself served."""
    indexes: list[IndexDefinition] = []
    for need in sorted(needs, key=lambda need: -len(need.exact) - len(need.ordered)):
        if _served_by_key(table, need):
            continue
        served = next((index for index in indexes if _serves(index, need)), None)
        if served is None:
            columns = (*need.exact, *need.ordered)
            indexes.append(IndexDefinition(_name(table.name, columns), table.name, columns, (need.by,), need.method))
        elif need.by not in served.needed_by:
            named = (*served.needed_by, need.by)
            indexes[indexes.index(served)] = IndexDefinition(
                served.name, served.table, served.columns, named, served.method
            )
    return _with(table, tuple(sorted(indexes, key=lambda index: index.name)))


def _served_by_key(table: TableDefinition, need: Need) -> bool:
    """Return whether the primary key or a unique constraint already serves the need."""
    if need.method != "btree":
        return False
    wanted = len(need.exact)
    for group in (table.primary_key, *table.unique):
        covered = set(group[:wanted]) == set(need.exact) or set(group) <= set(need.exact)
        if covered and not need.ordered:
            return True
    return False


def _serves(index: IndexDefinition, need: Need) -> bool:
    if index.method != need.method:
        return False
    wanted = len(need.exact)
    if set(index.keys[:wanted]) != set(need.exact):
        return False
    following = index.columns[wanted : wanted + len(need.ordered)]
    return following == need.ordered or tuple(_turned(column) for column in following) == need.ordered


def _turned(column: str) -> str:
    return column.removesuffix(" DESC") if column.endswith(" DESC") else f"{column} DESC"


def _name(table: str, columns: tuple[str, ...]) -> str:
    """Return the index's name: the table and the columns that tell it apart, within PostgreSQL's 63 bytes."""
    keys = [column.removesuffix(" DESC") for column in columns]
    if len(keys) > 1 and keys[-1] == "id":
        keys.pop()
    return f"{table}_{'_'.join(keys)}_idx"[:MAX_NAME]


def _with(table: TableDefinition, indexes: tuple[IndexDefinition, ...]) -> TableDefinition:
    return replace(table, indexes=indexes)
