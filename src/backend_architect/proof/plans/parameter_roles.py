"""What each parameter of a statement stands for: the column that it is compared with or stored in, a limit, a text."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from pglast import enums

from backend_architect.proof.plans.tables import Tables
from backend_architect.sql.parsing import nodes
from backend_architect.sql.parsing import untyped_ast as ast

QUERY_FUNCTIONS = frozenset({"websearch_to_tsquery", "to_tsquery", "plainto_tsquery", "phraseto_tsquery"})
TRANSPARENT = frozenset({"lower", "upper", "coalesce", "trim", "btrim"})
CALCULATING = frozenset("+-*/")
MIRRORED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


class Role(IntEnum):
    """What a parameter does, the most telling first."""

    LIMIT = 0
    OFFSET = 1
    SEARCH = 2
    EQUAL = 3
    ASSIGNED = 4
    PATTERN = 5
    BELOW = 6
    ABOVE = 7
    INNER = 8
    """Equal to a column in a subquery, or in one branch of an OR."""


@dataclass(frozen=True, slots=True)
class ParameterUse:
    """One use of a parameter; `table` and `column` are '' where it is compared with no column."""

    parameter: int
    role: Role
    table: str = ""
    column: str = ""
    alias: str = ""


@dataclass(frozen=True)
class NameSource:
    """What a name in FROM stands for: a table, or columns that are expressions over other names."""

    table: str = ""
    columns: Mapping[str, tuple[Any, "Scope"]] = field(default_factory=dict)


Scope = Mapping[str, NameSource]


def read_parameter_roles(tree: Any, tables: Tables) -> tuple[ParameterUse, ...]:
    """Return every use of every parameter of a statement."""
    reader = _Reader(tables)
    reader.statement(tree, {}, inner=False)
    return tuple(sorted(set(reader.uses), key=lambda use: (use.parameter, use.role, use.table, use.column)))


class _Reader:
    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.uses: list[ParameterUse] = []
        self.named: dict[str, NameSource] = {}

    def statement(self, node: Any, outer: Scope, *, inner: bool) -> NameSource:
        """Read a statement, and return what its result offers to the one around it."""
        for cte in (node.withClause.ctes or ()) if getattr(node, "withClause", None) else ():
            self.named[cte.ctename] = self.statement(cte.ctequery, outer, inner=inner)
        match node:
            case ast.SelectStmt():
                return self._select(node, outer, inner=inner)
            case ast.InsertStmt():
                return self._insert(node, outer)
            case ast.UpdateStmt() | ast.DeleteStmt():
                return self._change(node, outer)
        return NameSource()

    def _select(self, node: Any, outer: Scope, *, inner: bool) -> NameSource:
        for side in (node.larg, node.rarg):
            if side:
                self.statement(side, outer, inner=inner)
        scope = dict(outer)
        for item in node.fromClause or ():
            scope |= self._from(item, scope, inner=inner)
        for target in node.targetList or ():
            self._condition(target.val, scope, inner=True)
        self._condition(node.whereClause, scope, inner=inner)
        self._condition(node.havingClause, scope, inner=True)
        for bound, role in ((node.limitCount, Role.LIMIT), (node.limitOffset, Role.OFFSET)):
            for parameter in _parameters(bound):
                self.uses.append(ParameterUse(parameter, role))
        return self._outputs(node, scope)

    def _outputs(self, node: Any, scope: Scope) -> NameSource:
        columns: dict[str, tuple[Any, Scope]] = {}
        for target in node.targetList or ():
            value = target.val
            if isinstance(value, ast.ColumnRef) and isinstance(value.fields[-1], ast.A_Star):
                for source in scope.values():
                    if source.table and len(node.fromClause or ()) == 1:
                        return NameSource(source.table)
                    columns |= source.columns
                continue
            name = target.name or (value.fields[-1].sval if isinstance(value, ast.ColumnRef) else "")
            columns[name] = (value, scope)
        return NameSource(columns=columns)

    def _from(self, item: Any, scope: Scope, *, inner: bool) -> dict[str, NameSource]:
        match item:
            case ast.RangeVar():
                alias = item.alias.aliasname if item.alias else item.relname
                return {alias: self.named.get(item.relname) or NameSource(item.relname)}
            case ast.JoinExpr():
                found = self._from(item.larg, scope, inner=inner)
                found |= self._from(item.rarg, {**scope, **found}, inner=inner)
                outer_join = item.jointype != enums.JoinType.JOIN_INNER
                self._condition(item.quals, {**scope, **found}, inner=inner or outer_join)
                return found
            case ast.RangeSubselect():
                source = self.statement(item.subquery, scope, inner=inner)
                return {item.alias.aliasname: source} if item.alias else {}
        return {}

    def _insert(self, node: Any, outer: Scope) -> NameSource:
        table = node.relation.relname
        names = [column.name for column in node.cols or ()]
        chosen = node.selectStmt
        rows: list[Any] = []
        scope: Scope = outer
        if chosen is not None and chosen.valuesLists:
            rows = [list(values) for values in chosen.valuesLists]
        elif chosen is not None:
            self.statement(chosen, outer, inner=False)
            for item in chosen.fromClause or ():
                scope = {**scope, **self._from(item, scope, inner=True)}
            rows = [[target.val for target in chosen.targetList or ()]]
        for row in rows:
            for name, value in zip(names, row, strict=False):
                self._assigned(table, name, value, scope)
        conflict = node.onConflictClause
        if conflict:
            self._assignments(table, conflict.targetList, {**scope, table: NameSource(table)})
        return NameSource(table)

    def _change(self, node: Any, outer: Scope) -> NameSource:
        table = node.relation.relname
        alias = node.relation.alias.aliasname if node.relation.alias else table
        scope = {**outer, alias: NameSource(table)}
        for item in getattr(node, "fromClause", None) or getattr(node, "usingClause", None) or ():
            scope |= self._from(item, scope, inner=False)
        if isinstance(node, ast.UpdateStmt):
            self._assignments(table, node.targetList, scope)
        self._condition(node.whereClause, scope, inner=False)
        return NameSource(table)

    def _assignments(self, table: str, targets: Any, scope: Scope) -> None:
        for target in targets or ():
            self._assigned(table, target.name, target.val, scope)

    def _assigned(self, table: str, column: str, value: Any, scope: Scope) -> None:
        for parameter in {*_parameters(value), *self._behind(value, scope)} - _calculated(value):
            self.uses.append(ParameterUse(parameter, Role.ASSIGNED, table, column))

    def _condition(self, node: Any, scope: Scope, *, inner: bool) -> None:
        """Read the comparisons of a condition; `inner` where it need not hold for the row as a whole."""
        match node:
            case None:
                return
            case ast.BoolExpr():
                apart = inner or node.boolop != enums.BoolExprType.AND_EXPR
                for item in node.args:
                    self._condition(item, scope, inner=apart)
            case ast.SubLink():
                self._condition(node.testexpr, scope, inner=True)
                offered = self.statement(node.subselect, scope, inner=True)
                self._in(node, offered, scope)
            case ast.A_Expr():
                self._comparison(node, scope, inner=inner)
            case ast.FuncCall() if str(node.funcname[-1].sval) in QUERY_FUNCTIONS:
                self.uses += [ParameterUse(parameter, Role.SEARCH) for parameter in _parameters(node.args[-1])]
            case ast.Node():
                for name in node:
                    for item in _listed(getattr(node, name)):
                        self._condition(item, scope, inner=True)

    def _in(self, node: Any, offered: NameSource, scope: Scope) -> None:
        if node.testexpr is None or node.operName or len(offered.columns) != 1:
            return
        value, inside = next(iter(offered.columns.values()))
        self._add_use(node.testexpr, value, scope, inside, Role.INNER)

    def _comparison(self, node: Any, scope: Scope, *, inner: bool) -> None:
        operator = str(node.name[-1].sval)
        left, right = node.lexpr, node.rexpr
        like = node.kind in {enums.A_Expr_Kind.AEXPR_LIKE, enums.A_Expr_Kind.AEXPR_ILIKE}
        equal = Role.INNER if inner else Role.EQUAL
        if like:
            self._add_use(left, right, scope, scope, Role.PATTERN)
        elif isinstance(left, ast.RowExpr) and isinstance(right, ast.RowExpr):
            for one, other in zip(left.args, right.args, strict=False):
                self._add_use(one, other, scope, scope, _role(operator, equal))
        else:
            self._add_use(left, right, scope, scope, _role(operator, equal))
            self._add_use(right, left, scope, scope, _role(MIRRORED.get(operator, operator), equal))
        for side in (left, right):
            for item in _listed(side):
                self._condition(item, scope, inner=True)

    def _add_use(self, one: Any, other: Any, scope: Scope, inside: Scope, role: Role) -> None:
        """Note that the parameter in `other` is compared with the column in `one`."""
        column = self._column(one, scope)
        if column:
            for item in _listed(other):
                for parameter in {*_bare_parameter(item), *self._behind(item, inside)}:
                    self.uses.append(ParameterUse(parameter, role, *column))

    def _column(self, node: Any, scope: Scope) -> tuple[str, str, str] | None:
        """Return the table, column and alias that an expression is over, through lower() and casts."""
        node = _inside(node)
        if not isinstance(node, ast.ColumnRef) or not isinstance(node.fields[-1], ast.String):
            return None
        name = node.fields[-1].sval
        alias = node.fields[-2].sval if len(node.fields) > 1 else ""
        sources = {alias: scope[alias]} if alias in scope else dict(reversed(list(scope.items()))) if not alias else {}
        for found, source in sources.items():
            if source.table:
                table = self.tables.get(source.table)
                if table and name in table.columns:
                    return source.table, name, found
            elif name in source.columns:
                value, inside = source.columns[name]
                return self._column(value, inside)
        return None

    def _behind(self, node: Any, scope: Scope) -> set[int]:
        """Return the parameter that a column of a CTE or subselect hands on."""
        node = _inside(node)
        if not isinstance(node, ast.ColumnRef) or not isinstance(node.fields[-1], ast.String):
            return set()
        name = node.fields[-1].sval
        alias = node.fields[-2].sval if len(node.fields) > 1 else ""
        for found, source in scope.items():
            if (found == alias or not alias) and name in source.columns:
                value, inside = source.columns[name]
                return set(_bare_parameter(value)) or self._behind(value, inside)
        return set()


def _role(operator: str, equal: Role) -> Role:
    if operator in {"<", "<="}:
        return Role.BELOW
    if operator in {">", ">="}:
        return Role.ABOVE
    return equal


def _inside(node: Any) -> Any:
    """Return the expression within casts, lower() and coalesce()."""
    while True:
        if isinstance(node, ast.TypeCast):
            node = node.arg
        elif isinstance(node, ast.CoalesceExpr) or _is_transparent(node):
            node = node.args[0]
        else:
            return node


def _is_transparent(node: Any) -> bool:
    return isinstance(node, ast.FuncCall) and bool(node.args) and str(node.funcname[-1].sval) in TRANSPARENT


def _bare_parameter(node: Any) -> list[int]:
    inner = _inside(node)
    if isinstance(inner, ast.A_Expr):  # '%' || $1 || '%'
        return _parameters(inner)
    return [inner.number] if isinstance(inner, ast.ParamRef) else []


def _calculated(node: Any) -> set[int]:
    """Return the parameters that a value is calculated from: `current_date + $1` is a date, and `$1` is none."""
    found = (each for each in nodes(node, ast.A_Expr) if str(each.name[-1].sval) in CALCULATING)
    return {parameter for each in found for parameter in _parameters(each)}


def _parameters(node: Any) -> list[int]:
    return [item.number for item in nodes(node, ast.ParamRef)]


def _listed(value: Any) -> list[Any]:
    if isinstance(value, tuple | list):
        return list(value)
    return [value] if isinstance(value, ast.Node) else []
