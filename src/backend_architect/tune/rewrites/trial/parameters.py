"""What a trial's statements compare columns with: the constants that they hold, and values to try as parameters."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any

from pglast import ast, enums
from pglast.parser import scan

from backend_architect.postgres import Connection
from backend_architect.postgres.catalog import Catalog
from backend_architect.postgres.rows_as_text import rows_as_text
from backend_architect.sql.names import StatementNames, read_names
from backend_architect.sql.parsing import is_a, nodes
from backend_architect.sql.scopes import Found
from backend_architect.sql.statement_facts import table_alias
from backend_architect.tune.rewrites import trees
from backend_architect.tune.rewrites.model import CannotRewrite
from backend_architect.tune.rewrites.trial.values import value_sql

KIND = enums.A_Expr_Kind
LISTED = {KIND.AEXPR_OP_ANY, KIND.AEXPR_OP_ALL}
COMPARED = {KIND.AEXPR_OP, KIND.AEXPR_IN, KIND.AEXPR_BETWEEN, KIND.AEXPR_DISTINCT, KIND.AEXPR_NOT_DISTINCT, *LISTED}
LIKE = {KIND.AEXPR_LIKE, KIND.AEXPR_ILIKE}
COMPARISONS = {"=", "<>", "<", ">", "<=", ">=", "BETWEEN"}
MEMBER = {"->", "->>"}
MAX_VALUES = 5
Place = tuple[str, str, str]
"""A column: its schema, table and name."""
PlaceOf = Callable[[Any], Place | None]


@dataclass(frozen=True, slots=True)
class ComparedParameter:
    """A parameter, and the expression that it is compared with, as SQL over one table; `type` is what it is cast to."""

    number: int
    place: tuple[str, str, str]
    expression: str
    type: str
    array: bool


def constants_in(tree: Any, catalog: Catalog) -> Iterator[tuple[Place, str]]:
    """Yield each column that is compared with something fixed, and that as SQL; of a pattern the letters in it."""
    names = read_names(tree, catalog)
    for node in nodes(tree, ast.A_Expr):
        owner = _column(node.lexpr, names)
        if owner and node.kind in LIKE and is_a(_uncast(node.rexpr), ast.A_Const):
            letters = _uncast(node.rexpr).val.sval.replace("%", "").replace("_", "a")
            yield owner, trees.plain(trees.text(letters))
        if owner and node.kind in COMPARED - LISTED and node.name[-1].sval in COMPARISONS:
            for value in node.rexpr if is_a(node.rexpr, tuple) else (node.rexpr,):
                if not any(True for _ in nodes(value, ast.ColumnRef, ast.ParamRef, ast.SubLink, ast.RowExpr)):
                    yield owner, trees.plain(_uncast(value))


def nulls_in(tree: Any, catalog: Catalog) -> Iterator[Place]:
    """Yield the columns that are asked for NULL."""
    names = read_names(tree, catalog)
    for node in nodes(tree, ast.NullTest):
        owner = _column(node.arg, names)
        if owner:
            yield owner


def members_in(tree: Any, catalog: Catalog) -> Iterator[tuple[Place, str]]:
    """Yield each column of JSON of which a member is read, and the member's name as SQL."""
    names = read_names(tree, catalog)
    for node in nodes(tree, ast.A_Expr):
        owner = _column(node.lexpr, names) if node.kind == KIND.AEXPR_OP and node.name[-1].sval in MEMBER else None
        if owner and is_a(node.rexpr, ast.A_Const) and is_a(node.rexpr.val, ast.String):
            yield owner, trees.plain(node.rexpr)


def compared_in(tree: Any, catalog: Catalog) -> Iterator[ComparedParameter]:
    """Yield every parameter of which a statement tells what it is compared with."""
    names = read_names(tree, catalog)
    for node in nodes(tree, ast.A_Expr):
        for own, others in ((node.lexpr, node.rexpr), (node.rexpr, node.lexpr)) if node.kind in COMPARED else ():
            for other in others if is_a(others, tuple) else (others,):
                yield from _compared(own, other, partial(_column, names=names), array=node.kind in LISTED)
    for scope in names.scopes:
        for each in scope.tree.targetList if is_a(scope.tree, ast.UpdateStmt) else ():
            own = _place(scope.find((table_alias(scope.tree.relation), each.name)))
            yield from _compared(trees.column(each.name), each.val, partial(_known, own), array=False)


def _compared(own: Any, other: Any, place_of: PlaceOf, *, array: bool) -> Iterator[ComparedParameter]:
    if is_a(own, ast.RowExpr) and is_a(other, ast.RowExpr):
        for mine, theirs in zip(own.args, other.args, strict=False):
            yield from _compared(mine, theirs, place_of, array=False)
        return
    cast = trees.plain(other.typeName) if is_a(other, ast.TypeCast) else ""
    value = _only_parameter(other)
    if not is_a(value, ast.ParamRef) or is_a(own, tuple):
        return
    owners = [place_of(each) for each in nodes(own, ast.ColumnRef)]
    if owners and None not in owners and len({owner[:2] for owner in owners if owner}) == 1 and owners[0]:
        expression = trees.plain(trees.replaced(own, _bare))
        yield ComparedParameter(value.number, owners[0], expression, cast.removesuffix("[]") if array else cast, array)


async def values_of(connection: Connection, tree: Any, catalog: Catalog) -> Mapping[int, tuple[str | None, ...]]:
    """Return values to try for each parameter; raises CannotRewrite for one of which nothing is known."""
    found: dict[int, tuple[str | None, ...]] = {}
    for each in compared_in(tree, catalog):
        if each.number not in found:
            found[each.number] = await _sampled(connection, each)
    for number in trees.parameters(tree):
        if number not in found:
            found[number] = await _other(connection, tree, number)
    return found


async def _sampled(connection: Connection, compared: ComparedParameter) -> tuple[str | None, ...]:
    """Return the commonest values, so that rows are found, and one that is rare."""
    value = f"({compared.expression}){f'::{compared.type}' if compared.type else ''}"
    rows = await rows_as_text(
        connection,
        f"SELECT (array_agg(v))[1] FROM (SELECT {value} AS v FROM {_name(compared.place)}) AS t WHERE v IS NOT NULL "
        f"GROUP BY v::text ORDER BY count(*) DESC, v::text LIMIT {MAX_VALUES}",
    )
    values = [row[0] for row in rows]
    if not values:
        raise CannotRewrite(f"no generated row holds a value for ${compared.number}")
    if not compared.array:
        return tuple(values)
    arrays = await rows_as_text(connection, f"SELECT array_agg(v)::text FROM unnest(ARRAY[{_list(values)}]) AS v")
    return (arrays[0][0],)


async def _other(connection: Connection, tree: Any, number: int) -> tuple[str | None, ...]:
    """Return values for a parameter that is compared with no column: a limit, a pattern, or of its cast's type."""
    for select in nodes(tree, ast.SelectStmt):
        if any(each.number == number for part in (select.limitCount, select.limitOffset) if part is not None
               for each in nodes(part, ast.ParamRef)):  # fmt: skip
            return ("20",)
    for node in nodes(tree, ast.A_Expr):
        if node.kind in LIKE and any(each.number == number for each in nodes(node.rexpr, ast.ParamRef)):
            return ("%1%", "a%") if is_a(_uncast(node.rexpr), ast.ParamRef) else ("1", "a")
    for node in nodes(tree, ast.TypeCast):
        if is_a(node.arg, ast.ParamRef) and node.arg.number == number:
            name = trees.plain(node.typeName)
            rows = await rows_as_text(connection, f"SELECT {value_sql(name, 'n')} FROM (VALUES (3), (5), (8)) AS v (n)")
            return tuple(row[0] for row in rows)
    return ("a",) if any(True for _ in _searching(tree, number)) else (None,)


def _searching(tree: Any, number: int) -> Iterator[Any]:
    """Yield the functions that read a parameter as words to search for."""
    for call in nodes(tree, ast.FuncCall):
        if str(call.funcname[-1].sval).endswith("tsquery") and number in trees.parameters(call.args or ()):
            yield call


def filled(text: str, values: Mapping[int, str | None]) -> str:
    """Return a statement with values in the place of its parameters, as literals whose type the server finds."""
    pieces = _pieces(text)
    return "".join(each if isinstance(each, str) else _literal(values[each]) for each in pieces)


@lru_cache(maxsize=1_000)
def _pieces(text: str) -> tuple[str | int, ...]:
    """Return a text cut at its parameters, which the scanner finds, each as its number."""
    found: list[str | int] = []
    start = 0
    for token in scan(text):
        if token.name == "PARAM":
            found += [text[start : token.start], int(text[token.start + 1 : token.end + 1])]
            start = token.end + 1
    return (*found, text[start:])


def _literal(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("'", "''") + "'"


def _only_parameter(node: Any) -> Any:
    """Return the parameter in a cast, or in a function of nothing else, like upper($1)."""
    if is_a(node, ast.TypeCast):
        return node.arg
    if is_a(node, ast.FuncCall) and len(node.args or ()) == 1:
        return _only_parameter(node.args[0])
    return node


def _uncast(node: Any) -> Any:
    return node.arg if is_a(node, ast.TypeCast) else node


def _column(node: Any, names: StatementNames) -> Place | None:
    return _place(names.find(node))


def _known(place: Place | None, _: Any) -> Place | None:
    return place


def _place(found: Found | None) -> Place | None:
    table = found.source.table if found is not None else None
    column = found.column if found is not None else None
    return (table.schema, table.name, column.name) if table is not None and column is not None else None


def _bare(node: Any) -> Any:
    return trees.column(node.fields[-1].sval) if is_a(node, ast.ColumnRef) else None


def _name(column: tuple[str, str, str]) -> str:
    return trees.plain(ast.RangeVar(schemaname=column[0], relname=column[1], inh=True, relpersistence="p"))


def _list(values: list[str | None]) -> str:
    return ", ".join(trees.plain(trees.text(each)) for each in values)
