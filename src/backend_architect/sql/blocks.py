"""A parsed statement → its query blocks: the tables of each, its conditions, its order, and what it gives out.

A block is one SELECT (or UPDATE, DELETE, MERGE) with its FROM; subqueries, CTEs and the arms of a UNION are blocks of
their own. A column is resolved in its block, then in those around it.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pglast import ast, enums

from backend_architect.postgres.catalog import Catalog, Table
from backend_architect.sql.parsing import is_a, nodes

AND = enums.BoolExprType.AND_EXPR
EQUAL = (ast.String("="),)


@dataclass(eq=False, slots=True)
class Block:
    """`sources` are the tables by the name that they go by here, None for what is no table of the database."""

    tree: Any
    parent: "Block | None"
    sources: dict[str, Table | None] = field(default_factory=dict)
    conditions: list[Any] = field(default_factory=list)
    parameters: bool = False
    """Whether the statement has parameters: what it writes out is then the same in every call."""

    def owner(self, reference: Any) -> "tuple[Block, str, str] | None":
        """Return the block, the source and the column that a reference means, None where it is no table's column."""
        names = [part.sval for part in reference.fields if is_a(part, ast.String)]
        if len(names) < len(reference.fields) or not names:
            return None
        block: Block | None = self
        while block is not None:
            source = block._source(names)
            if source is not None:
                table = block.sources[source]
                return (block, source, names[-1]) if table is not None and table.column(names[-1]) else None
            block = block.parent
        return None

    def _source(self, names: list[str]) -> str | None:
        if len(names) > 1:
            return names[-2] if names[-2] in self.sources else None
        having = [name for name, table in self.sources.items() if table is not None and table.column(names[0])]
        return having[0] if having else None


def blocks_of(tree: Any, catalog: Catalog) -> tuple[Block, ...]:
    """Return every query block of a statement, the outer ones first."""
    blocks = tuple(_Reader(catalog).read(tree, None, frozenset()))
    parameters = next(nodes(tree, ast.ParamRef), None) is not None
    for block in blocks:
        block.parameters = parameters
    return blocks


def conjuncts(condition: Any) -> Iterator[Any]:
    """Yield the conditions that must all hold."""
    if is_a(condition, ast.BoolExpr) and condition.boolop == AND:
        for part in condition.args:
            yield from conjuncts(part)
    elif condition is not None:
        yield condition


class _Reader:
    """Reads blocks; the tables are those of the catalog."""

    def __init__(self, catalog: Catalog) -> None:
        self._tables = catalog.table_by_name

    def read(self, tree: Any, parent: Block | None, hidden: frozenset[str]) -> Iterator[Block]:
        """Yield a statement's blocks; `hidden` names the CTEs that it sees in the place of tables."""
        clause = getattr(tree, "withClause", None)
        if clause is not None:
            hidden |= {each.ctename for each in clause.ctes}
            for each in clause.ctes:
                yield from self.read(each.ctequery, parent, hidden)
        if is_a(tree, ast.SelectStmt) and tree.op != enums.SetOperation.SETOP_NONE:
            yield from self.read(tree.larg, parent, hidden)
            yield from self.read(tree.rarg, parent, hidden)
        elif is_a(tree, ast.InsertStmt):
            yield from self.read(tree.selectStmt, parent, hidden) if tree.selectStmt else ()
        elif is_a(tree, (ast.SelectStmt, ast.UpdateStmt, ast.DeleteStmt, ast.MergeStmt)):
            yield from self._block(tree, parent, hidden)

    def _block(self, tree: Any, parent: Block | None, hidden: frozenset[str]) -> Iterator[Block]:
        block = Block(tree, parent)
        yield block
        own = getattr(tree, "relation", None)
        items = [*([own] if own is not None else []), *(getattr(tree, "fromClause", None) or ())]
        items += [*(getattr(tree, "usingClause", None) or ())]
        for item in items:
            yield from self._add(item, block, hidden)
        if is_a(tree, ast.MergeStmt):
            yield from self._add(tree.sourceRelation, block, hidden)
            block.conditions += conjuncts(tree.joinCondition)
        else:
            block.conditions += conjuncts(tree.whereClause)
        for link in _own_links(tree):
            yield from self.read(link.subselect, block, hidden)

    def _add(self, item: Any, block: Block, hidden: frozenset[str]) -> Iterator[Block]:
        """Add one item of FROM to its block, and yield the blocks within it."""
        if is_a(item, ast.RangeVar):
            name = item.alias.aliasname if item.alias else item.relname
            known = None if not item.schemaname and item.relname in hidden else self._table(item)
            block.sources[name] = known
        elif is_a(item, ast.JoinExpr):
            yield from self._add(item.larg, block, hidden)
            before = tuple(block.sources)
            yield from self._add(item.rarg, block, hidden)
            block.conditions += conjuncts(item.quals)
            for using in item.usingClause or ():
                block.conditions += _using(block, before, using)
        elif is_a(item, ast.RangeSubselect):
            yield from self.read(item.subquery, block if item.lateral else block.parent, hidden)
            block.sources[item.alias.aliasname if item.alias else ""] = None
        elif getattr(item, "alias", None):
            block.sources[item.alias.aliasname] = None

    def _table(self, item: Any) -> Table | None:
        return self._tables.get((item.schemaname or "", item.relname))


def _using(block: Block, before: tuple[str, ...], name: Any) -> Iterator[Any]:
    """Yield the equality that USING means: of the column of the last source and of one that came before."""
    last = tuple(block.sources)[-1]
    for source in before:
        table = block.sources[source]
        if table is not None and table.column(name.sval):
            left, right = (ast.ColumnRef(fields=(ast.String(each), name)) for each in (source, last))
            yield ast.A_Expr(kind=enums.A_Expr_Kind.AEXPR_OP, name=EQUAL, lexpr=left, rexpr=right)
            return


def _own_links(tree: Any) -> Iterator[ast.SubLink]:
    """Yield the subqueries in expressions of a block, not those of the blocks within it."""
    names = ("whereClause", "targetList", "havingClause", "joinCondition", "returningList", "sortClause")
    parts = [getattr(tree, name, None) for name in names]
    parts += [item.quals for item in nodes(getattr(tree, "fromClause", None) or (), ast.JoinExpr) if item.quals]
    inner: set[int] = set()
    for part in parts:
        for link in nodes(part, ast.SubLink) if part is not None else ():
            if id(link) not in inner:
                yield link
                inner |= {id(each) for each in nodes(link.subselect, ast.SubLink)}


def columns_read(block: Block, blocks: tuple[Block, ...]) -> Mapping[str, Counter[str] | None]:
    """Return how often any block mentions each column of each source; None where a star takes them all."""
    found: dict[str, Counter[str] | None] = {n: Counter() for n, table in block.sources.items() if table is not None}
    for each in blocks:
        for reference in _own_references(each):
            _note(found, block, each, reference)
    return found


def _note(found: dict[str, Counter[str] | None], block: Block, user: Block, reference: Any) -> None:
    if is_a(reference.fields[-1], ast.A_Star):
        if user is block:
            named = reference.fields[0].sval if len(reference.fields) > 1 else None
            for source in found:
                if named in {None, source}:
                    found[source] = None
        return
    owner = user.owner(reference)
    if owner and owner[0] is block:
        columns = found.get(owner[1])
        if columns is not None:
            columns[owner[2]] += 1


def _own_references(block: Block) -> list[ast.ColumnRef]:
    """Return the column references of a block's own clauses, each once; `count(*)` holds none."""
    inner = {id(each) for part in nodes(block.tree, ast.SelectStmt) if part is not block.tree
             for each in nodes(part, ast.ColumnRef)}  # fmt: skip
    parts = (block.tree, *block.conditions)
    own = {id(each): each for part in parts for each in nodes(part, ast.ColumnRef)}
    return [each for key, each in own.items() if key not in inner]
