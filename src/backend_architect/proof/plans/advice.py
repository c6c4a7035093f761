"""The index that serves a statement's conditions on one table: what is held equal, then what is ordered or bounded."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pglast import enums
from pglast.stream import RawStream

from backend_architect.proof.plans.tables import ProjectTable, Tables
from backend_architect.sql.parsing import nodes
from backend_architect.sql.parsing import untyped_ast as ast

WHERE_TO = "in a new file of migrations/, and under `lists:` of backend.yaml where it is a list of the design"
BOUNDS = frozenset({"<", "<=", ">", ">=", "~~", "^@"})


@dataclass
class TableRequest:
    """What one level of a statement asks of one table, as SQL over its columns."""

    equal: list[str] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    """Those of the equal ones that parameters and constants give, and no other row."""
    bounded: list[str] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    search: list[str] = field(default_factory=list)
    flags: list[str] = field(default_factory=list)

    @property
    def keys(self) -> list[str]:
        """Return the keys of the index: what is held equal, then the order, else what is bounded."""
        equal = self.fixed or self.equal
        tail = [f"{key} DESC" if down else key for key, down in self.order if key not in equal]
        bounded = [key for key in self.bounded if key not in equal]
        return list(dict.fromkeys([*equal, *(tail or bounded[:1])]))


def wanted_of(tree: Any, tables: Tables, table: str, alias: str) -> Iterator[TableRequest]:
    """Give what each level of a statement that names the alias asks of the table."""
    for select in nodes(tree, ast.SelectStmt, ast.UpdateStmt, ast.DeleteStmt):
        if alias in _aliases(select):
            yield _wanted_at(select, _Side(tables.by_name[table], alias, len(_aliases(select)) == 1))


def _wanted_at(select: Any, side: "_Side") -> TableRequest:
    wanted = TableRequest()
    for condition in (select.whereClause, *_joining(select, side.alias)):
        _read_condition(condition, wanted, side)
    keys = [(side.key(item.node), item.sortby_dir) for item in getattr(select, "sortClause", None) or ()]
    if all(key for key, _ in keys):
        wanted.order += [(key, direction == enums.SortByDir.SORTBY_DESC) for key, direction in keys]
    return wanted


def index_for(tree: Any, tables: Tables, table: str, alias: str) -> str:
    """Return the CREATE INDEX that serves a statement's conditions on a table, '' where there is one or none would.

    Plans number an alias that stands in several places: `posts_1` is any of those called `posts`.
    """
    own = tables.by_name[table]
    names = dict.fromkeys((alias, alias.rstrip("0123456789").removesuffix("_")))
    words = {index.keys[0] for index in own.indexes.values() if index.method == "gin"}
    for wanted in (each for name in names for each in wanted_of(tree, tables, table, name)):
        if wanted.search and wanted.search[0] not in words:
            return f"CREATE INDEX ON {table} USING gin ({wanted.search[0]})"
        one_row = any(key <= set(wanted.equal) for key in own.keys)
        if wanted.keys and not one_row and not _served(own, wanted.keys):
            return f"CREATE INDEX ON {table} ({', '.join(wanted.keys)})"
    return ""


def _served(table: ProjectTable, keys: list[str]) -> bool:
    """Return whether an index has just these keys, in one direction or the other."""
    for index in table.indexes.values():
        own = [f"{k} DESC" if down else k for k, down in zip(index.keys, index.descending, strict=False)]
        turned = [k if down else f"{k} DESC" for k, down in zip(index.keys, index.descending, strict=False)]
        if not index.predicate and keys in (own[: len(keys)], turned[: len(keys)]):
            return True
    return False


@dataclass(frozen=True, slots=True)
class _Side:
    """Tells which expressions are over one table's own columns."""

    table: ProjectTable
    alias: str
    alone: bool

    def key(self, node: Any) -> str:
        """Return an expression over the table's columns as the key of an index, '' for any other."""
        columns = list(nodes(node, ast.ColumnRef))
        if not columns or not all(self.owns(column) for column in columns) or list(nodes(node, ast.ParamRef)):
            return ""
        if isinstance(node, ast.ColumnRef):
            return str(node.fields[-1].sval)
        if isinstance(node, (ast.FuncCall, ast.TypeCast)):
            text = RawStream()(node)
            for column in columns:
                text = text.replace(RawStream()(column), str(column.fields[-1].sval))
            return text if isinstance(node, ast.FuncCall) else f"({text})"
        return ""

    def owns(self, column: Any) -> bool:
        fields = column.fields
        if not isinstance(fields[-1], ast.String) or fields[-1].sval not in self.table.columns:
            return False
        return (len(fields) > 1 and fields[-2].sval == self.alias) or (len(fields) == 1 and self.alone)


def _read_condition(node: Any, wanted: TableRequest, side: _Side) -> None:
    """Read what must hold for each row: the parts of an AND."""
    match node:
        case ast.BoolExpr(boolop=enums.BoolExprType.AND_EXPR):
            for part in node.args:
                _read_condition(part, wanted, side)
        case ast.A_Expr():
            _read_comparison(node, wanted, side)
        case ast.ColumnRef() if side.owns(node):
            wanted.flags.append(str(node.fields[-1].sval))


def _read_comparison(node: Any, wanted: TableRequest, side: _Side) -> None:
    operator = str(node.name[-1].sval)
    pairs = [(node.lexpr, node.rexpr), (node.rexpr, node.lexpr)]
    if isinstance(node.lexpr, ast.RowExpr) and isinstance(node.rexpr, ast.RowExpr):
        pairs = [(node.lexpr.args[0], node.rexpr.args[0])]
    for one, other in pairs:
        key = side.key(one)
        if not key or side.key(other):
            continue
        if operator == "@@":
            wanted.search.append(key)
        elif operator == "=":
            wanted.equal += [key] * (key not in wanted.equal)
            wanted.fixed += [key] * (not list(nodes(other, ast.ColumnRef)))
        elif operator in BOUNDS:
            wanted.bounded.append(key)


def _aliases(select: Any) -> list[str]:
    relation = getattr(select, "relation", None)
    return [_alias_of(item) for item in (*own_tables(select), *([relation] if relation is not None else []))]


def own_tables(select: Any) -> Iterator[Any]:
    """Give the tables that stand in a query's own FROM, in their order."""
    waiting = list(getattr(select, "fromClause", None) or getattr(select, "usingClause", None) or ())
    while waiting:
        item = waiting.pop(0)
        if isinstance(item, ast.JoinExpr):
            waiting[:0] = [item.larg, item.rarg]
        elif isinstance(item, ast.RangeVar):
            yield item


def _joining(select: Any, alias: str) -> Iterator[Any]:
    """Give the conditions under which a table is joined to those before it."""
    waiting = list(getattr(select, "fromClause", None) or ())
    while waiting:
        item = waiting.pop()
        if isinstance(item, ast.JoinExpr):
            if isinstance(item.rarg, ast.RangeVar) and _alias_of(item.rarg) == alias:
                yield item.quals
            waiting += [item.larg, item.rarg]


def _alias_of(item: Any) -> str:
    return str(item.alias.aliasname if item.alias else item.relname)
