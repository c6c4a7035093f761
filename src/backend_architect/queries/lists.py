"""Statements for lists: one bounded keyset page each, and one for each combination of a caller's filters."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from sqlglot import exp

from backend_architect.design.expressions import members
from backend_architect.design.model import Edge, Entity, Field, ListSpec
from backend_architect.design.routes import Route, list_parameter
from backend_architect.design.syntax import conjuncts
from backend_architect.queries.model import Query
from backend_architect.queries.resolved import ResolvedDesign, conditions
from backend_architect.queries.rows import sql_type
from backend_architect.queries.searches import SearchParts, search_sql
from backend_architect.queries.text import StatementText


@dataclass(frozen=True, slots=True)
class FanOut:
    """`field in (select <side> from <edge> where <mine> = me)`: a page merged from many short index scans."""

    item: Field
    edge: Edge
    side: Field
    mine: Field


def list_queries(resolved: ResolvedDesign, route: Route) -> tuple[Query, ...]:
    """Return the statements of one list, the one without filters first."""
    assert route.list is not None
    names = route.list.filters
    chosen = [group for size in range(len(names) + 1) for group in combinations(names, size)]
    return tuple(_list_query(resolved, route, route.list, filters) for filters in chosen)


def fan_out(resolved: ResolvedDesign, entity: Entity, spec: ListSpec) -> FanOut | None:
    """Return how a list fans out over an edge, where its `where` has that form and cannot yield a row twice."""
    for part in _where(resolved, entity, spec):
        if not isinstance(part, exp.In) or not isinstance(part.args.get("query"), exp.Subquery):
            continue
        found = _fan_out_of(resolved, entity, part)
        if found:
            return found
    return None


def key_column(entity: Entity, spec: ListSpec) -> str:
    """Return the column that a list is ordered by, before the id."""
    name = spec.order.field
    if name in entity.counts:
        return f"{name}_count"
    item = entity.fields.get(name)
    return item.column if item else name


def listing_label(entity: Entity) -> str:
    """Return what the time at which an edge was made is called beside the columns of a row at its end."""
    return "listed_at_" if "listed_at" in members(entity) else "listed_at"


def _list_query(resolved: ResolvedDesign, route: Route, spec: ListSpec, filters: tuple[str, ...]) -> Query:
    entity = route.row
    assert isinstance(entity, Entity)
    shape = resolved.shape(entity)
    statement = resolved.statement(entity)
    builder = _through if spec.through else _fanned if fan_out(resolved, entity, spec) else _plain
    if is_bounded_search(resolved, entity, spec):
        builder = _searched
    template = builder(_ListParts(resolved, route, spec, filters, statement, entity))
    if not shape.joins:
        template = template.replace("\n{JOINS}", "")
    name = route.statement + "".join(f"_and_{name}" if number else f"_by_{name}" for number, name in enumerate(filters))
    template = template.replace("/* NAME */", f"/* {name} */")
    params = tuple(statement.params)
    return Query(name, route, entity, "page", template, params, shape, spec, filters)


@dataclass(frozen=True)
class _ListParts:
    resolved: ResolvedDesign
    route: Route
    spec: ListSpec
    filters: tuple[str, ...]
    statement: StatementText
    entity: Entity

    def parent(self) -> str:
        """Return the parameter for the row that the path names."""
        assert self.route.parent is not None
        name = list_parameter(self.route.parent)
        return self.statement.value(name, name)

    def after(self, *columns: str) -> str:
        """Return the keyset condition on the columns."""
        key, identity = self.statement.value("after_key", "start[0]"), self.statement.value("after_id", "start[1]")
        return f"({', '.join(columns)}) {'<' if self.spec.order.descending else '>'} ({key}, {identity})"

    def limit(self) -> str:
        """Return the parameter for one row more than the page, which tells whether there is a next one."""
        return self.statement.value("limit", "limit + 1")

    def order(self, *columns: str) -> str:
        """Return the columns in the list's direction."""
        return ", ".join(f"{column} DESC" if self.spec.order.descending else column for column in columns)

    def shared_conditions(self, alias: str, indent: int, *, but: Sequence[exp.Expr] = ()) -> list[str]:
        """Return what every form of the list checks: the read rule, `where`, the search text and the filters."""
        texts = self.rules(indent, but=but)
        if self.spec.match:
            texts.append(f"{alias}.search @@ websearch_to_tsquery('simple', {self.statement.value('q', 'q')})")
        return texts + self.filtered(alias)

    def rules(self, indent: int, *, but: Sequence[exp.Expr] = ()) -> list[str]:
        """Return the read rule, and the parts of `where` that are not in `but`."""
        trees = [tree for tree in _where(self.resolved, self.entity, self.spec) if tree not in but]
        may_read = self.resolved.may_read(self.statement, self.entity, indent)
        return [text for text in (conditions(self.statement, *trees, indent=indent), may_read) if text != "true"]

    def filtered(self, alias: str) -> list[str]:
        """Return the conditions of the filters that a caller sends."""
        columns = [self.entity.fields[name] for name in self.filters]
        return [
            f"{alias}.{item.column} = {self.statement.value(item.column, item.column)}::{sql_type(item)}"
            for item in columns
        ]


def _plain(parts: _ListParts) -> str:
    table = parts.entity.table
    key = f"{table}.{key_column(parts.entity, parts.spec)}"
    texts = []
    if parts.spec.by:
        texts.append(f"{table}.{parts.entity.fields[parts.spec.by].column} = {parts.parent()}")
    texts += parts.shared_conditions(table, 0)
    texts.append(parts.after(key, f"{table}.id"))
    if _is_sorted_window(parts.resolved, parts.entity, parts.spec):
        return _chosen_first(parts, key, texts)
    where = "\n  AND ".join(texts)
    return (
        f"SELECT /* NAME */\n    {{COLUMNS}}\nFROM {table}\n{{JOINS}}\nWHERE {where}\n"
        f"ORDER BY {parts.order(key, f'{table}.id')}\nLIMIT {parts.limit()}"
    )


def is_bounded_search(resolved: ResolvedDesign, entity: Entity, spec: ListSpec) -> bool:
    """Return whether a list is searched in its own order, so that a page of it can be bounded."""
    by_edge = spec.through or fan_out(resolved, entity, spec)
    return bool(spec.match) and not by_edge and not _is_sorted_window(resolved, entity, spec)


def _searched(parts: _ListParts) -> str:
    """A page of a search: from the next rows of the list, or from the index on the words."""
    table, spec = parts.entity.table, parts.spec
    key = f"{table}.{key_column(parts.entity, spec)}"
    exact = [part for part in _where(parts.resolved, parts.entity, spec) if _is_exact(part, table)]
    bounds = [parts.statement.rule(part, 10) for part in exact]
    if spec.by:
        bounds.append(f"{table}.{parts.entity.fields[spec.by].column} = {parts.parent()}")
    bounds += parts.filtered(table)
    others = parts.rules(6, but=exact)
    words = parts.statement.value("q", "q")
    after, order = parts.after(key, f"{table}.id"), parts.order(key, f"{table}.id")
    return search_sql(SearchParts(table, key, words, bounds, after, others, order, parts.limit()))


def _is_exact(part: exp.Expr, table: str) -> bool:
    """Return whether the list's index begins with this condition: a column of its own that equals something."""
    return isinstance(part, exp.EQ) and isinstance(part.this, exp.Column) and part.this.table == table


def _is_sorted_window(resolved: ResolvedDesign, entity: Entity, spec: ListSpec) -> bool:
    """Return whether the rows come by one column's range and are sorted by another: all of them, before the page."""
    key = key_column(entity, spec)
    ranges = [
        part.this.name
        for part in _where(resolved, entity, spec)
        if isinstance(part, exp.GT | exp.GTE | exp.LT | exp.LTE) and isinstance(part.this, exp.Column)
    ]
    return bool(ranges) and key not in ranges


def _chosen_first(parts: _ListParts, key: str, texts: list[str]) -> str:
    """A page whose ids are chosen before anything is joined: only what is answered is read whole."""
    table = parts.entity.table
    where = "\n      AND ".join(text.replace("\n", "\n    ") for text in texts)
    order = parts.order(key, f"{table}.id")
    return (
        f"SELECT /* NAME */\n    {{COLUMNS}}\nFROM (\n    SELECT {table}.id\n    FROM {table}\n    WHERE {where}\n"
        f"    ORDER BY {order}\n    LIMIT {parts.limit()}\n) AS chosen\n"
        f"JOIN {table} ON {table}.id = chosen.id\n{{JOINS}}\nORDER BY {order}"
    )


def _through(parts: _ListParts) -> str:
    """A list of the rows at the other end of an edge, in the order in which the edges were made."""
    assert parts.spec.through is not None
    edge = parts.resolved.design.rows_by_plural[parts.spec.through[0]]
    assert isinstance(edge, Edge)
    side = edge.fields[parts.spec.through[1]]
    other = edge.other(side)
    table, key = parts.entity.table, f"{edge.table}.created_at"
    texts = [f"{edge.table}.{side.column} = {parts.parent()}"]
    rule = conditions(parts.statement, parts.resolved.allowed(edge, "read"))
    texts += [] if rule == "true" else [rule]
    texts += parts.shared_conditions(table, 0)
    texts.append(parts.after(key, f"{edge.table}.{other.column}"))
    where = "\n  AND ".join(texts)
    return (
        f"SELECT /* NAME */\n    {{COLUMNS}},\n    {key} AS {listing_label(parts.entity)}\nFROM {edge.table}\n"
        f"JOIN {table} ON {table}.id = {edge.table}.{other.column}\n{{JOINS}}\nWHERE {where}\n"
        f"ORDER BY {parts.order(key, f'{edge.table}.{other.column}')}\nLIMIT {parts.limit()}"
    )


def _fanned(parts: _ListParts) -> str:
    """A page merged from one short index scan for each row of an edge: ids first, then the whole rows."""
    found = fan_out(parts.resolved, parts.entity, parts.spec)
    assert found is not None
    table = parts.entity.table
    key = key_column(parts.entity, parts.spec)
    me = parts.statement.viewer("me")
    texts = [f"{table}.{found.item.column} = source.{found.side.column}"]
    part = _fan_out_part(parts.resolved, parts.entity, parts.spec)
    texts += parts.shared_conditions(table, 8, but=[part] if part else [])
    texts.append(parts.after(f"{table}.{key}", f"{table}.id"))
    where = "\n          AND ".join(texts)
    newest = parts.order(f"{table}.{key}", f"{table}.id")
    return (
        "SELECT /* NAME */\n    {COLUMNS}\nFROM (\n    SELECT candidate.id\n"
        f"    FROM {found.edge.table} AS source\n    CROSS JOIN LATERAL (\n"
        f"        SELECT {table}.id, {table}.{key}\n        FROM {table}\n        WHERE {where}\n"
        f"        ORDER BY {newest}\n        LIMIT {parts.limit()}\n    ) AS candidate\n"
        f"    WHERE source.{found.mine.column} = {me}\n"
        f"    ORDER BY {parts.order(f'candidate.{key}', 'candidate.id')}\n    LIMIT {parts.limit()}\n) AS chosen\n"
        f"JOIN {table} ON {table}.id = chosen.id\n{{JOINS}}\nORDER BY {newest}"
    )


def _where(resolved: ResolvedDesign, entity: Entity, spec: ListSpec) -> list[exp.Expr]:
    return conjuncts(resolved.rule(entity, spec.where)) if spec.where else []


def _fan_out_part(resolved: ResolvedDesign, entity: Entity, spec: ListSpec) -> exp.Expr | None:
    for part in _where(resolved, entity, spec):
        if isinstance(part, exp.In) and _fan_out_of(resolved, entity, part):
            return part
    return None


def _fan_out_of(resolved: ResolvedDesign, entity: Entity, part: exp.In) -> FanOut | None:
    select = part.args["query"].this
    edge = resolved.design.rows_by_plural.get(select.args["from_"].this.name)
    item = next((f for f in entity.references if f.column == part.this.name), None)
    if not isinstance(edge, Edge) or item is None:
        return None
    chosen, tied = select.expressions[0], select.args["where"].this.unnest()
    sides = {f.column: f for f in edge.pair}
    if not isinstance(tied, exp.EQ) or chosen.name not in sides:
        return None
    mine = edge.other(sides[chosen.name])
    ends = {tied.this.name, tied.expression.name}
    return FanOut(item, edge, sides[chosen.name], mine) if ends == {mine.column, "me"} else None
