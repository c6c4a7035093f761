"""A statement walked in the order in which its names come into sight, each looked up where it stands."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.from_items import called, of_function, of_table, shared_names
from backend_architect.sql.outputs import bare_name, output_name
from backend_architect.sql.parsing import is_a
from backend_architect.sql.scopes import Found, Scope, Source, names_in

Queries = Mapping[str, Source]
"""The CTEs in sight."""
LEFT, RIGHT, FULL = enums.JoinType.JOIN_LEFT, enums.JoinType.JOIN_RIGHT, enums.JoinType.JOIN_FULL
EQUAL = (ast.String("="),)
PARTS = ("fromClause", "usingClause", "sourceRelation")
CLAUSES = ("targetList", "whereClause", "joinCondition", "mergeWhenClauses")
RETURNING = ("returningClause", "returningList")


class NameWalk:
    """Walks a statement in the order in which its names come into sight."""

    def __init__(self, catalog: Catalog) -> None:
        self._tables = catalog.table_by_name
        self.scopes: list[Scope] = []
        self.found: dict[int, Found] = {}
        self.places: dict[int, Scope] = {}
        self.queried: set[int] = set()
        """The items of FROM that name a CTE."""
        self.made: list[Any] = []
        """References that no text has: kept, since they are known by identity."""
        self._recursive: dict[int, tuple[Source, Any]] = {}

    def statement(self, tree: Any, outer: Scope | None, queries: Queries) -> Source:
        """Read a statement, and return what it gives to the one around it."""
        clause: Any = getattr(tree, "withClause", None)
        for query in clause.ctes if clause is not None else ():
            within = queries
            if clause.recursive:
                within = {**queries, query.ctename: Source(query.ctename)}
                self._recursive[id(query.ctequery)] = (within[query.ctename], query.aliascolnames)
            given = self.statement(query.ctequery, outer, within)
            queries = {**queries, query.ctename: called(given, query.ctename, query.aliascolnames)}
        scope = Scope(tree, outer)
        self.scopes.append(scope)
        if is_a(tree, ast.SelectStmt):
            return self._arms(tree, scope, queries) if tree.larg is not None else self._select(tree, scope, queries)
        return self._write(tree, scope, queries)

    def _arms(self, tree: Any, scope: Scope, queries: Queries) -> Source:
        given = self.statement(tree.larg, scope.outer, queries)
        if id(tree) in self._recursive:  # the other arm sees what the first gives
            itself, names = self._recursive[id(tree)]
            first = called(given, itself.name, names)
            itself.outputs, itself.complete = first.outputs, first.complete
        self.statement(tree.rarg, scope.outer, queries)
        scope.given, scope.sources[""] = given.outputs, given
        self._look(scope, queries, (tree.sortClause, tree.limitCount, tree.limitOffset))
        return given

    def _select(self, tree: Any, scope: Scope, queries: Queries) -> Source:
        for item in tree.fromClause or ():
            self._source(item, scope, queries)
        self._look(scope, queries, (tree.targetList, tree.whereClause, tree.windowClause, tree.valuesLists))
        self._look(scope, queries, (tree.limitCount, tree.limitOffset, tree.havingClause))
        given = self._outputs(tree.targetList, scope)
        scope.given = given.outputs
        for each in tree.groupClause or ():
            self._look(scope, queries, (each,))
        for each in (*(tree.distinctClause or ()), *(sort.node for sort in tree.sortClause or ())):
            output = given.outputs.get(bare_name(each)) if bare_name(each) else None
            self._as_output(each, output, scope) if output is not None else self._look(scope, queries, (each,))
        if tree.valuesLists:
            first = tree.valuesLists[0]
            return Source("", outputs={f"column{n}": value for n, value in enumerate(first, 1)}, complete=True)
        return given

    def _as_output(self, reference: Any, output: Any, scope: Scope) -> None:
        """Note a name of ORDER BY: an output is looked for before a column."""
        self._place(reference, scope)
        found = self.found.get(id(output))
        if found is not None:
            self.found[id(reference)] = found

    def _write(self, tree: Any, scope: Scope, queries: Queries) -> Source:
        if getattr(tree, "relation", None) is None:
            return Source("")
        if is_a(tree, ast.InsertStmt):
            if tree.selectStmt is not None:
                self.statement(tree.selectStmt, scope.outer, queries)
            self._source(tree.relation, scope, {})
            own = next(iter(scope.sources.values()))
            scope.sources["excluded"] = replace(own, name="excluded", only_qualified=True)
            self._look(scope, queries, (tree.onConflictClause,))
            del scope.sources["excluded"]
        else:
            self._source(tree.relation, scope, {})
            own = next(iter(scope.sources.values()))
            for item in _listed(tree, *PARTS):
                self._source(item, scope, queries)
            self._look(scope, queries, list(_listed(tree, *CLAUSES)))
        fresh = [name for name in ("old", "new") if name not in scope.sources]
        for name in fresh:
            scope.sources[name] = replace(own, name=name, only_qualified=True)
        self._look(scope, queries, list(_listed(tree, *RETURNING)))
        for name in fresh:
            del scope.sources[name]
        return self._outputs(_returned(tree), scope)

    def _source(self, item: Any, scope: Scope, queries: Queries, *, optional: bool = False) -> tuple[Source, ...]:
        """Take an item of FROM into the scope, and return the sources that it brings."""
        before = len(scope.sources)
        if is_a(item, ast.RangeVar):
            self._add(scope, self._named(item, queries), optional=optional)
        elif is_a(item, ast.JoinExpr):
            return self._join(item, scope, queries, optional=optional)
        elif is_a(item, ast.RangeSubselect):
            given = self.statement(item.subquery, scope if item.lateral else scope.outer, queries)
            name = item.alias.aliasname if item.alias else f"subquery {before}"
            self._add(scope, called(given, name, item.alias.colnames if item.alias else None), optional=optional)
        elif getattr(item, "relation", None) is not None:  # TABLESAMPLE
            self._source(item.relation, scope, queries, optional=optional)
            self._look(scope, queries, (getattr(item, "args", None), getattr(item, "repeatable", None)))
        else:  # a function, a table of XML or JSON
            self._look(scope, queries, (item,))
            self._add(scope, of_function(item, before), optional=optional)
        return tuple(scope.sources.values())[before:]

    def _add(self, scope: Scope, source: Source, *, optional: bool) -> None:
        scope.sources[source.name] = replace(source, optional=optional)

    def _named(self, named: Any, queries: Queries) -> Source:
        alias = named.alias
        name = alias.aliasname if alias else named.relname
        if not named.schemaname and named.relname in queries:
            self.queried.add(id(named))
            return called(queries[named.relname], name, alias.colnames if alias else None)
        return of_table(named, self._tables.get((named.schemaname or "", named.relname)))

    def _join(self, item: Any, scope: Scope, queries: Queries, *, optional: bool) -> tuple[Source, ...]:
        left = self._source(item.larg, scope, queries, optional=optional or item.jointype in {RIGHT, FULL})
        right = self._source(item.rarg, scope, queries, optional=optional or item.jointype in {LEFT, FULL})
        shared = [str(each.sval) for each in item.usingClause or ()] or (
            shared_names(left, right) if item.isNatural else []
        )
        for name in shared:
            self._merge(scope, name, (left, right) if item.jointype != RIGHT else (right, left))
        self._look(scope, queries, (item.quals,), (*left, *right))
        if item.join_using_alias is not None:
            name = item.join_using_alias.aliasname
            outputs = {
                each: self._reference(scope, scope.merged[each], each) for each in shared if each in scope.merged
            }
            scope.sources[name] = Source(name, outputs=outputs, complete=True, only_qualified=True)
        if item.alias is None:
            return (*left, *right)
        outputs = {name: self._reference(scope, scope.merged[name], name) for name in shared if name in scope.merged}
        outputs, complete = self._all_of((*left, *right), scope, outputs)
        for source in (*left, *right):
            del scope.sources[source.name]
        joined = called(Source("", outputs=outputs, complete=complete), item.alias.aliasname, item.alias.colnames)
        scope.merged = {name: own for name, own in scope.merged.items() if own not in (*left, *right)}
        self._add(scope, joined, optional=optional)
        return (scope.sources[joined.name],)

    def _merge(self, scope: Scope, name: str, sides: tuple[tuple[Source, ...], tuple[Source, ...]]) -> None:
        """Note that USING makes one column of two, that of the first side where an outer join keeps all of its rows."""
        owners = [next((each for each in side if each.has(name)), None) for side in sides]
        merged = scope.merged.get(name)
        first = merged if merged is not None and merged in sides[0] else owners[0]
        second = owners[1]
        if first is None or second is None:
            return
        scope.merged[name] = first
        one, other = (self._reference(scope, each, name) for each in (first, second))
        scope.references += [one, other]
        scope.equalities.append(ast.A_Expr(kind=enums.A_Expr_Kind.AEXPR_OP, name=EQUAL, lexpr=one, rexpr=other))

    def _reference(self, scope: Scope, source: Source, name: str) -> ast.ColumnRef:
        """Return a reference to a source's column that no text has."""
        made = ast.ColumnRef(fields=(ast.String(source.name), ast.String(name)))
        self.found[id(made)] = Found(scope, source, name)
        self.places[id(made)] = scope
        self.made.append(made)
        return made

    def _outputs(self, targets: Iterable[Any] | None, scope: Scope) -> Source:
        """Return what a query gives by its outputs."""
        outputs: dict[str, Any] = {}
        complete = True
        for target in targets or ():
            fields: Any = target.val.fields if is_a(target.val, ast.ColumnRef) else ()
            if fields and is_a(fields[-1], ast.A_Star):
                own = scope.sources.get(fields[-2].sval) if len(fields) > 1 else None
                sources = tuple(scope.sources.values()) if len(fields) == 1 else (own,) if own is not None else ()
                merged = {name: self._reference(scope, each, name) for name, each in scope.merged.items()}
                outputs, known = self._all_of(sources, scope, outputs | (merged if len(fields) == 1 else {}))
                complete = complete and known and bool(sources)
            else:
                outputs.setdefault(output_name(target), target.val)
        return Source("", outputs=outputs, complete=complete)

    def _all_of(self, sources: Iterable[Source], scope: Scope, outputs: dict[str, Any]) -> tuple[dict[str, Any], bool]:
        """Return these outputs with all columns of some sources, and whether those are known."""
        complete = True
        for source in sources:
            if source.only_qualified:
                continue
            complete = complete and source.names is not None
            for name in source.names or source.outputs:
                if name not in outputs:
                    outputs[name] = self._reference(scope, source, name)
        return outputs, complete

    def _look(
        self, scope: Scope, queries: Queries, parts: Iterable[Any], visible: tuple[Source, ...] | None = None
    ) -> None:
        """Look up the names in expressions; a subquery has a scope of its own."""
        for part in parts:
            if is_a(part, (tuple, list)):
                self._look(scope, queries, part, visible)
            elif is_a(part, ast.ColumnRef):
                self._place(part, scope)
                names = names_in(part)
                found = scope.find(names, visible) if names else None
                if found is not None:
                    self.found[id(part)] = found
            elif is_a(part, ast.SelectStmt):
                self.statement(part, scope, queries)
            elif is_a(part, ast.A_Indirection) and (member := self._member(part, scope)) is not None:
                self._place(member, scope)
            elif is_a(part, ast.Node):
                values = (getattr(part, name) for name in part)
                self._look(scope, queries, [each for each in values if is_a(each, (tuple, ast.Node))], visible)

    def _member(self, part: Any, scope: Scope) -> Any | None:
        """Return the column that `(u).name` means where `u` is a source and no column, None for anything else."""
        name, first = bare_name(part.arg), part.indirection[0]
        if not name or not is_a(first, ast.String) or scope.find((name,)) is not None:
            return None
        found = scope.find((name, str(first.sval)))
        return self._reference(found.scope, found.source, found.name) if found is not None else None

    def _place(self, reference: Any, scope: Scope) -> None:
        scope.references.append(reference)
        self.places[id(reference)] = scope


def _returned(tree: Any) -> Any:
    clause = getattr(tree, "returningClause", None)
    return clause.exprs if clause is not None else getattr(tree, "returningList", None)


def _listed(tree: Any, *members: str) -> Iterator[Any]:
    """Yield the parts of a statement that it has."""
    for member in members:
        value: Any = getattr(tree, member, None)
        yield from value if is_a(value, (tuple, list)) else [value] if value is not None else []
