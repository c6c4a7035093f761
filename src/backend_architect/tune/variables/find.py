"""The names in a statement that are no column of any table in sight."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pglast import ast

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import is_a

SYSTEM = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})
Columns = frozenset[str] | None
"""Of a source; None where they are not known."""


@dataclass(slots=True)
class Scope:
    """The sources that names are looked up in, further out in `outer`; `queries` are the CTEs in sight."""

    outer: "Scope | None" = None
    sources: dict[str, Columns] = field(default_factory=dict)
    queries: dict[str, Columns] = field(default_factory=dict)
    given: frozenset[str] = frozenset()
    """What the query itself calls its results: ORDER BY and GROUP BY may name them."""

    def chain(self) -> Iterator["Scope"]:
        """Yield it and those around it."""
        scope: Scope | None = self
        while scope is not None:
            yield scope
            scope = scope.outer

    def query(self, name: str) -> tuple[bool, Columns]:
        """Return whether a name is a CTE's in sight, and its columns."""
        for each in self.chain():
            if name in each.queries:
                return True, each.queries[name]
        return False, None


def variables_in(tree: Any, catalog: Catalog) -> set[tuple[int, str]]:
    """Return the place of each variable in the text, and its name; of a statement that has a plan."""
    finder = _Finder(catalog)
    finder.statement(tree, Scope())
    return finder.found


class _Finder:
    """Walks a statement as its names are looked up."""

    def __init__(self, catalog: Catalog) -> None:
        self._tables = catalog.table_by_name
        self.found: set[tuple[int, str]] = set()

    def statement(self, tree: Any, outer: Scope) -> Columns:
        """Look through a statement, and return the columns that it gives."""
        scope = Scope(outer)
        for query in tree.withClause.ctes if getattr(tree, "withClause", None) else ():
            if tree.withClause.recursive:
                scope.queries[query.ctename] = _names(query.aliascolnames)
            columns = self.statement(query.ctequery, scope)
            scope.queries[query.ctename] = _names(query.aliascolnames) or columns
        if is_a(tree, ast.SelectStmt):
            return self._select(tree, scope)
        return self._write(tree, scope)

    def _select(self, tree: Any, scope: Scope) -> Columns:
        if tree.larg is not None:
            columns = self.statement(tree.larg, scope)
            self.statement(tree.rarg, scope)
            scope.given, scope.sources["the arms"] = columns or frozenset(), columns
            self._look(scope, tree.sortClause, tree.limitCount, tree.limitOffset)
            return columns
        for item in tree.fromClause or ():
            self._source(item, scope)
        self._look(scope, tree.targetList, tree.whereClause, tree.windowClause, tree.distinctClause, tree.valuesLists)
        self._look(scope, tree.limitCount, tree.limitOffset)
        scope.given = frozenset(each.name for each in tree.targetList or () if each.name)
        self._look(scope, tree.groupClause, tree.havingClause, tree.sortClause)
        return _results(tree.targetList, scope)

    def _write(self, tree: Any, scope: Scope) -> Columns:
        if getattr(tree, "relation", None) is None:
            return None
        if is_a(tree, ast.InsertStmt):
            if tree.selectStmt is not None:
                self.statement(tree.selectStmt, scope)
            self._source(tree.relation, scope)
            scope.sources["excluded"] = self._columns(tree.relation, scope)
            self._look(scope, tree.onConflictClause)
        else:
            self._source(tree.relation, scope)
            for item in _listed(tree, "fromClause", "usingClause", "sourceRelation"):
                self._source(item, scope)
            self._look(scope, *_listed(tree, "targetList", "whereClause", "joinCondition", "mergeWhenClauses"))
        own = self._columns(tree.relation, scope)
        scope.sources |= {"old": own, "new": own}
        returning = list(_listed(tree, "returningClause", "returningList"))
        self._look(scope, *returning)
        return _results(getattr(tree, "returningList", None), scope)

    def _source(self, item: Any, scope: Scope) -> None:
        """Take a part of FROM into the scope."""
        if is_a(item, ast.RangeVar):
            scope.sources[item.alias.aliasname if item.alias else item.relname] = self._columns(item, scope)
        elif is_a(item, ast.JoinExpr):
            before = set(scope.sources)
            self._source(item.larg, scope)
            self._source(item.rarg, scope)
            if item.alias is not None:
                own = [scope.sources[name] for name in scope.sources if name not in before]
                scope.sources[item.alias.aliasname] = None if None in own else frozenset().union(*own)  # type: ignore[arg-type]
            self._look(scope, item.quals)
        elif is_a(item, ast.RangeSubselect):
            columns = self.statement(item.subquery, scope)
            named = item.alias.aliasname if item.alias else f"subquery {len(scope.sources)}"
            scope.sources[named] = _names(item.alias.colnames if item.alias else None) or columns
        else:  # a function, a table of XML or JSON, a sample
            relation = getattr(item, "relation", None)
            if relation is not None:
                self._source(relation, scope)
                self._look(scope, getattr(item, "args", None), getattr(item, "repeatable", None))
                return
            self._look(scope, item)
            alias = getattr(item, "alias", None)
            scope.sources[alias.aliasname if alias else f"function {len(scope.sources)}"] = None

    def _columns(self, named: Any, scope: Scope) -> Columns:
        """Return the columns of a table or CTE, by the names that its alias gives them."""
        if named.alias is not None and named.alias.colnames:
            return None
        is_query, columns = scope.query(named.relname) if not named.schemaname else (False, None)
        if is_query:
            return columns
        table = self._tables.get((named.schemaname or "", named.relname))
        return frozenset(column.name for column in table.columns) | SYSTEM if table is not None else None

    def _look(self, scope: Scope, *parts: Any) -> None:
        """Note the variables in expressions; a subquery has a scope of its own."""
        for part in parts:
            if is_a(part, (tuple, list)):
                self._look(scope, *part)
            elif is_a(part, ast.SelectStmt):
                self.statement(part, scope)
            elif is_a(part, ast.ColumnRef):
                self._note(part, scope)
            elif is_a(part, ast.Node):
                self._look(scope, *(value for name in part if is_a(value := getattr(part, name), (tuple, ast.Node))))

    def _note(self, reference: Any, scope: Scope) -> None:
        names = [str(each.sval) for each in reference.fields if is_a(each, ast.String)]
        if len(names) == len(reference.fields) and _is_variable(names, scope):
            self.found.add((reference.location, ".".join(names)))


def _is_variable(names: list[str], scope: Scope) -> bool:
    if len(names) > 1:
        return not any(name in each.sources for each in scope.chain() for name in names[:-1])
    for each in scope.chain():
        known = each.sources.values()
        if names[0] in each.sources or names[0] in each.given or any(own is None or names[0] in own for own in known):
            return False
    return True


def _results(targets: Iterable[Any] | None, scope: Scope) -> Columns:
    """Return what a query calls its results, None where a star or an expression leaves that open."""
    found: set[str] = set()
    for target in targets or ():
        fields = target.val.fields if is_a(target.val, ast.ColumnRef) else ()
        if target.name:
            found.add(target.name)
        elif fields and is_a(fields[-1], ast.String):
            found.add(str(fields[-1].sval))
        elif fields and len(fields) == 1 and None not in scope.sources.values():
            found |= frozenset().union(*(own for own in scope.sources.values() if own))
        else:
            return None
    return frozenset(found)


def _names(names: Any) -> Columns:
    return frozenset(str(each.sval) for each in names) if names else None


def _listed(tree: Any, *members: str) -> Iterator[Any]:
    """Yield the parts of a statement that it has."""
    for member in members:
        value: Any = getattr(tree, member, None)
        yield from value if is_a(value, (tuple, list)) else [value] if value is not None else []
