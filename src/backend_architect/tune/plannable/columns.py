"""Which table's column a name in a statement means, and what type an expression has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Column, Table
from backend_architect.sql.names import StatementNames, read_names
from backend_architect.sql.scopes import names_in
from backend_architect.tune.plannable.syntax import (
    ARITHMETIC,
    COMPARISONS,
    function_of,
    operator_of,
    results_of,
    text_of,
)

TIMES = {"timestamp with time zone", "timestamp without time zone"}
NOW = {"now", "clock_timestamp", "statement_timestamp", "transaction_timestamp", "to_timestamp"}
SAME_AS_ARGUMENT = {"max", "min", "date_trunc", "abs", "lower", "upper"}
SPELLED = {
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "int": "integer",
    "int4": "integer",
    "int8": "bigint",
    "int2": "smallint",
    "float8": "double precision",
    "bool": "boolean",
}
MOMENTS = {
    enums.SQLValueFunctionOp.SVFOP_CURRENT_DATE: "date",
    enums.SQLValueFunctionOp.SVFOP_CURRENT_TIMESTAMP: "timestamp with time zone",
    enums.SQLValueFunctionOp.SVFOP_LOCALTIMESTAMP: "timestamp without time zone",
}


@dataclass(frozen=True, slots=True)
class NamedTables:
    """The tables that a statement names, by what it calls them; several where a name is used again further in."""

    tables: Mapping[str, tuple[Table, ...]]
    names: StatementNames

    def column(self, reference: Any) -> tuple[Table, Column] | None:
        """Return the table and column that a column reference means, None for anything else."""
        if not isinstance(reference, ast.ColumnRef):
            return None
        if self.names.scope_of(reference) is not None:
            return self.names.column(reference)
        found = (scope.find(names_in(reference)) for scope in self.names.scopes)  # made while the statement was changed
        return next(
            ((each.source.table, each.column) for each in found if each and each.source.table and each.column), None
        )

    def kinds_of(self, named: Any, columns: Sequence[str]) -> list[str]:
        """Return the types of a table's columns, of all of them where none are named; [] where it is unknown."""
        alias = named.alias.aliasname if named.alias else named.relname
        table = next(iter(self.tables.get(alias, ())), None)
        if table is None:
            return []
        found = [table.column(name) for name in columns] or list(table.columns)
        return [column.type if column else "text" for column in found]

    def type_of(self, node: Any) -> str:
        """Return the type of an expression as PostgreSQL spells it, '' where that takes more than a look."""
        found = self.column(node)
        if found:
            return found[1].type
        if isinstance(node, ast.TypeCast):
            spelled = text_of(node.typeName)
            return SPELLED.get(spelled, spelled)
        if isinstance(node, ast.SQLValueFunction):
            operation: Any = node.op
            return MOMENTS.get(operation, "")
        return self._type_of_call(node) or self._type_of_operation(node)

    def _type_of_call(self, node: Any) -> str:
        name = function_of(node)
        if name in NOW:
            return "timestamp with time zone"
        arguments = node.args if name in SAME_AS_ARGUMENT else getattr(node, "args", ()) if _picks(node) else ()
        types = [self.type_of(each) for each in arguments or ()]
        return "bigint" if name == "count" else next((each for each in reversed(types) if each), "")

    def _type_of_operation(self, node: Any) -> str:
        if isinstance(node, ast.CaseExpr):
            return next((found for each in results_of(node) if (found := self.type_of(each))), "")
        operator = operator_of(node)
        if operator in COMPARISONS:
            return "boolean"
        if operator not in ARITHMETIC:
            return ""
        left, right = self.type_of(node.lexpr), self.type_of(node.rexpr)
        for moment in ("date", *sorted(TIMES)):
            if moment in {left, right} and left != right:
                return "timestamp without time zone" if "interval" in {left, right} and moment == "date" else moment
        return left if left == right else ""


def scope_of(tree: Any, catalog: Catalog) -> NamedTables:
    """Return the tables that a statement names."""
    names = read_names(tree, catalog)
    found: dict[str, list[Table]] = {}
    for source in (each for scope in names.scopes for each in scope.sources.values()):
        found.setdefault(source.name, []).extend([source.table] if source.table else ())
    return NamedTables({alias: tuple(tables) for alias, tables in found.items()}, names)


def _picks(node: Any) -> bool:
    return isinstance(node, (ast.CoalesceExpr, ast.MinMaxExpr))
