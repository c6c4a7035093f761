"""What each parameter of a statement stands for: the column that it is compared with or stored in, a limit, a text."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from pglast import enums

from backend_architect.proof.plans.tables import Tables
from backend_architect.sql.names import StatementNames, read_names
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


def read_parameter_roles(tree: Any, tables: Tables) -> tuple[ParameterUse, ...]:
    """Return every use of every parameter of a statement."""
    reader = _Reader(tables, read_names(tree, tables.catalog))
    reader.statement(tree, inner=False)
    return tuple(sorted(set(reader.uses), key=lambda use: (use.parameter, use.role, use.table, use.column)))


class _Reader:
    def __init__(self, tables: Tables, names: StatementNames) -> None:
        self.tables = tables
        self.names = names
        self.uses: list[ParameterUse] = []

    def statement(self, node: Any, *, inner: bool) -> None:
        """Read a statement; `inner` where its conditions need not hold for the row as a whole."""
        for cte in (node.withClause.ctes or ()) if getattr(node, "withClause", None) else ():
            self.statement(cte.ctequery, inner=inner)
        match node:
            case ast.SelectStmt():
                self._select(node, inner=inner)
            case ast.InsertStmt():
                self._insert(node)
            case ast.UpdateStmt() | ast.DeleteStmt():
                self._change(node)

    def _select(self, node: Any, *, inner: bool) -> None:
        for side in (node.larg, node.rarg):
            if side:
                self.statement(side, inner=inner)
        for item in node.fromClause or ():
            self._from(item, inner=inner)
        for target in node.targetList or ():
            self._condition(target.val, inner=True)
        self._condition(node.whereClause, inner=inner)
        self._condition(node.havingClause, inner=True)
        for bound, role in ((node.limitCount, Role.LIMIT), (node.limitOffset, Role.OFFSET)):
            self.uses += [ParameterUse(parameter, role) for parameter in _parameters(bound)]

    def _from(self, item: Any, *, inner: bool) -> None:
        match item:
            case ast.JoinExpr():
                self._from(item.larg, inner=inner)
                self._from(item.rarg, inner=inner)
                self._condition(item.quals, inner=inner or item.jointype != enums.JoinType.JOIN_INNER)
            case ast.RangeSubselect():
                self.statement(item.subquery, inner=inner)

    def _insert(self, node: Any) -> None:
        table = node.relation.relname
        names = [column.name for column in node.cols or ()]
        chosen = node.selectStmt
        rows: list[Any] = []
        if chosen is not None and chosen.valuesLists:
            rows = [list(values) for values in chosen.valuesLists]
        elif chosen is not None:
            self.statement(chosen, inner=False)
            rows = [[target.val for target in chosen.targetList or ()]]
        for row in rows:
            for name, value in zip(names, row, strict=False):
                self._assigned(table, name, value)
        if node.onConflictClause:
            self._assignments(table, node.onConflictClause.targetList)

    def _change(self, node: Any) -> None:
        for item in getattr(node, "fromClause", None) or getattr(node, "usingClause", None) or ():
            self._from(item, inner=False)
        if isinstance(node, ast.UpdateStmt):
            self._assignments(node.relation.relname, node.targetList)
        self._condition(node.whereClause, inner=False)

    def _assignments(self, table: str, targets: Any) -> None:
        for target in targets or ():
            self._assigned(table, target.name, target.val)

    def _assigned(self, table: str, column: str, value: Any) -> None:
        for parameter in {*_parameters(value), *self._behind(value)} - _calculated(value):
            self.uses.append(ParameterUse(parameter, Role.ASSIGNED, table, column))

    def _condition(self, node: Any, *, inner: bool) -> None:
        """Read the comparisons of a condition; `inner` where it need not hold for the row as a whole."""
        match node:
            case None:
                return
            case ast.BoolExpr():
                apart = inner or node.boolop != enums.BoolExprType.AND_EXPR
                for item in node.args:
                    self._condition(item, inner=apart)
            case ast.SubLink():
                self._condition(node.testexpr, inner=True)
                self.statement(node.subselect, inner=True)
                self._in(node)
            case ast.A_Expr():
                self._comparison(node, inner=inner)
            case ast.FuncCall() if str(node.funcname[-1].sval) in QUERY_FUNCTIONS:
                self.uses += [ParameterUse(parameter, Role.SEARCH) for parameter in _parameters(node.args[-1])]
            case ast.Node():
                for name in node:
                    for item in _listed(getattr(node, name)):
                        self._condition(item, inner=True)

    def _in(self, node: Any) -> None:
        """Read `column IN (SELECT $1)`."""
        targets: Any = node.subselect.targetList or ()
        if node.testexpr is not None and not node.operName and len(targets) == 1:
            self._compared(node.testexpr, targets[0].val, Role.INNER)

    def _comparison(self, node: Any, *, inner: bool) -> None:
        operator = str(node.name[-1].sval)
        left, right = node.lexpr, node.rexpr
        like = node.kind in {enums.A_Expr_Kind.AEXPR_LIKE, enums.A_Expr_Kind.AEXPR_ILIKE}
        equal = Role.INNER if inner else Role.EQUAL
        if like:
            self._compared(left, right, Role.PATTERN)
        elif isinstance(left, ast.RowExpr) and isinstance(right, ast.RowExpr):
            for one, other in zip(left.args, right.args, strict=False):
                self._compared(one, other, _role(operator, equal))
        else:
            self._compared(left, right, _role(operator, equal))
            self._compared(right, left, _role(MIRRORED.get(operator, operator), equal))
        for side in (left, right):
            for item in _listed(side):
                self._condition(item, inner=True)

    def _compared(self, one: Any, other: Any, role: Role) -> None:
        """Note that the parameter in `other` is compared with the column in `one`."""
        column = self._column(one)
        if column:
            for item in _listed(other):
                for parameter in {*_bare_parameter(item), *self._behind(item)}:
                    self.uses.append(ParameterUse(parameter, role, *column))

    def _column(self, node: Any) -> tuple[str, str, str] | None:
        """Return the table, column and alias that an expression is over, through lower(), casts and subqueries."""
        node = _inside(node)
        meant = self.names.meant(node)
        if meant is not node:
            return self._column(meant)
        found = self.names.find(node)
        if found is None or found.column is None or found.source.table is None:
            return None
        table = found.source.table.name
        return (table, found.column.name, found.source.name) if self.tables.get(table) else None

    def _behind(self, node: Any) -> set[int]:
        """Return the parameter that a column of a CTE or subselect hands on."""
        node = _inside(node)
        meant = self.names.meant(node)
        return set() if meant is node else set(_bare_parameter(meant)) or self._behind(meant)


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
