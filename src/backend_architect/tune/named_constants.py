"""Constants that pg_stat_statements hides behind `$1`, as the indexes that are there name them.

Who made `jobs (run_at) WHERE state = 'open'` runs statements with that value; an index on `data ->> 'sku'` tells
the key. Where a column has several such constants nobody knows which one is meant, and the parameter stays.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.blocks import Block, blocks_of, conjuncts
from backend_architect.sql.parsing import is_a, nodes, parse
from backend_architect.sql.statement_facts import tree_of
from backend_architect.tune.indexes.expressions import is_constant, sql_over_table

KIND = enums.A_Expr_Kind
Named = Mapping[tuple[int, str, str], frozenset[str]]
"""Constants as SQL, by the table, its column, and the operator between them."""


def with_named_constants(text: str, catalog: Catalog, named: Named) -> str:
    """Return a statement with the constants that existing indexes name in the place of parameters."""
    if not named or "$" not in text:
        return text
    try:
        blocks = blocks_of(tree_of(text), catalog)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError):
        return text
    found: dict[int, set[str]] = {}
    for block in blocks:
        for number, constants in _parameters(block, named):
            found.setdefault(number, set()).update(constants)
    meant = {number: next(iter(constants)) for number, constants in found.items() if len(constants) == 1}
    return re.sub(r"\$(\d+)", lambda each: meant.get(int(each[1]), each[0]), text) if meant else text


def constants_of(catalog: Catalog) -> Named:
    """Return the constants that a catalog's valid indexes name."""
    found: dict[tuple[int, str, str], set[str]] = {}
    for index in catalog.indexes:
        if index.valid:
            for sql in (index.predicate, *(key.expression for key in index.keys)):
                for column, operator, constant in _in_sql(sql) if sql else ():
                    found.setdefault((index.table, column, operator), set()).add(constant)
    return {place: frozenset(constants) for place, constants in found.items()}


def _in_sql(sql: str) -> Iterator[tuple[str, str, str]]:
    trees = parse(f"SELECT 1 WHERE ({sql}) IS NOT NULL") or ()
    for each in nodes(trees, ast.A_Expr):
        if _names(each) and is_a(each.lexpr, ast.ColumnRef) and is_constant(each.rexpr):
            yield each.lexpr.fields[-1].sval, each.name[-1].sval, sql_over_table(_bare(each.rexpr))


def _bare(node: Any) -> Any:
    return _bare(node.arg) if is_a(node, ast.TypeCast) else node


def _names(expression: Any) -> bool:
    return expression.kind == KIND.AEXPR_OP and expression.name[-1].sval in {"=", "->>", "->"}


def _parameters(block: Block, named: Named) -> Iterator[tuple[int, frozenset[str]]]:
    for condition in block.conditions:
        for part in conjuncts(condition):
            for each in nodes(part, ast.A_Expr):
                number = each.rexpr.number if is_a(each.rexpr, ast.ParamRef) else 0
                table, column = _column(each.lexpr, block)
                if number and table is not None and _names(each):
                    yield number, named.get((table.oid, column, each.name[-1].sval), frozenset())


def _column(node: Any, block: Block) -> tuple[Table | None, str]:
    owner = block.owner(node) if is_a(node, ast.ColumnRef) else None
    return (owner[0].sources[owner[1]], owner[2]) if owner else (None, "")
