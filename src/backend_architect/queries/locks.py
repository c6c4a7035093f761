"""What a write keeps as it is until its commit: the related rows on whose changing columns its rule rests.

A rule such as `order.open` is read from the statement's snapshot: the order may be placed meanwhile, by a transaction
that commits first. A lock on the order lets the two take turns, and PostgreSQL asks the rule of the newest version.
"""

from typing import Literal

from sqlglot import exp

from backend_architect.design.model import Row, RowAction
from backend_architect.design.mutable_values import changing_columns, counting_tables
from backend_architect.queries.resolved import ResolvedDesign

Write = Literal["create", "update", "delete"] | RowAction


def locked(resolved: ResolvedDesign, row: Row, action: Write, rule: exp.Expr) -> exp.Expr:
    """Return the rule of a write with a lock on each row that it reaches by a relation, and that could change it.

    FOR SHARE where it is enough: creations then do not wait for each other. Where the write's own trigger changes the
    row too, two sharers would wait for each other there, so the lock is the one that the trigger takes anyway.
    """
    design, kept = resolved.design, resolved.kept
    tree = rule.copy()
    tables = {entity.table: entity for entity in design.entities.values()}
    touched = counting_tables(design, kept, row, action)
    for hop in reversed(_hops(tree)):  # the inner ones first: what stands around them may be written anew
        select = hop.this
        entity = tables[select.args["from_"].this.name]
        if _read_columns(select) & changing_columns(design, kept, entity):
            taken = entity.table in touched
            select.set("locks", [exp.Lock(update=True, key=True) if taken else exp.Lock(update=False)])
            tree = _always_read(tree, hop)
    return tree


def _hops(tree: exp.Expr) -> list[exp.Expr]:
    """Return the subqueries that follow a relation from the row itself, or from a row reached so.

    What stands in a subquery written by hand may be many rows: those are not locked.
    """
    found = [node for node in tree.find_all(exp.Exists, exp.Subquery) if "hop" in node.meta]
    return [node for node in found if all(_is_hop(select) for select in _selects_around(node))]


def _selects_around(node: exp.Expr) -> list[exp.Expr]:
    around: list[exp.Expr] = []
    select = node.find_ancestor(exp.Select)
    while select is not None:
        around.append(select)
        select = select.find_ancestor(exp.Select)
    return around


def _is_hop(select: exp.Expr) -> bool:
    return select.parent is not None and "hop" in select.parent.meta


def _read_columns(select: exp.Expr) -> set[str]:
    """Return the columns of the row that a hop reads."""
    alias = select.args["from_"].this.alias_or_name
    return {column.name for column in select.find_all(exp.Column) if column.table == alias}


def _always_read(tree: exp.Expr, hop: exp.Expr) -> exp.Expr:
    """Return the tree in which a hop that need not hold reads its row whatever it says: else it locks nothing."""
    if not isinstance(hop, exp.Exists) or _must_hold(hop):
        return tree
    select = hop.this
    joined, condition = select.args["where"].this.left, select.args["where"].this.right
    select.set("expressions", [condition.unnest().copy()])
    select.set("where", exp.Where(this=joined.copy()))
    read = exp.Coalesce(this=exp.Subquery(this=select), expressions=[exp.Boolean(this=False)])
    if hop is tree:
        return read
    hop.replace(read)
    return tree


def _must_hold(hop: exp.Expr) -> bool:
    plain = (exp.And, exp.Or, exp.Paren, exp.Exists, exp.Select, exp.Where)
    node = hop.parent
    while node is not None:
        if not isinstance(node, plain):
            return False
        node = node.parent
    return True
