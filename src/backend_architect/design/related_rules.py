"""A rule of one row, as it reads from the row that it points to or that points to it."""

from sqlglot import exp

from backend_architect.design.hidden import rule_or_none
from backend_architect.design.implication import COMPARISONS, bare, implies, renamed
from backend_architect.design.model import Design, Entity, Field, Row
from backend_architect.design.syntax import conjuncts

OTHER = "other_row"


def required_rows(design: Design, row: Row) -> list[exp.Expr]:
    """Return what is true of every row because its relations require it: that the rows which they point to exist."""
    found: list[exp.Expr] = []
    for number, item in enumerate(item for item in row.references if not item.optional):
        target = design.entities.get(item.to or "")
        if target is not None:
            found.append(_points_to(target, f"required_{number}", row, item))
    return found


def children_are_readable(design: Design, parent: Entity, source: Row, via: Field) -> bool:
    """Return whether who may read a row of `parent` may read every row of `source` that points to it by `via`."""
    known = rule_or_none(design, parent, parent.allow.get("read"))
    wanted = rule_or_none(design, source, source.allow.get("read"), OTHER)
    if known is None or wanted is None:
        return False
    return implies([known], _looked_at_from(wanted, parent, here=(OTHER, via.column), there=(parent.table, "id")))


def parent_is_readable(design: Design, row: Row, via: Field) -> bool:
    """Return whether who may read a row may read what it points to by `via`."""
    target = design.entities.get(via.to or "")
    if target is None:
        return True
    known = rule_or_none(design, row, row.allow.get("read"))
    wanted = rule_or_none(design, target, target.allow.get("read"), OTHER)
    if known is None or wanted is None:
        return False
    goal = _replaced(wanted, (OTHER, "id"), (row.table, via.column))
    found = _points_to(target, OTHER, row, via, wanted)
    premises = [known, *required_rows(design, row)]
    return implies(premises, goal) or implies(premises, found)


def _points_to(target: Entity, alias: str, row: Row, via: Field, *rules: exp.Expr) -> exp.Exists:
    """Return that a row points to one of `target` for which the rules hold."""
    tie = exp.EQ(this=_column(alias, "id"), expression=_column(row.table, via.column))
    source = exp.Table(this=exp.to_identifier(target.table), alias=exp.TableAlias(this=exp.to_identifier(alias)))
    return exp.Exists(this=exp.Select(expressions=[exp.Literal.number(1)]).from_(source).where(exp.and_(tie, *rules)))


def _looked_at_from(tree: exp.Expr, parent: Entity, *, here: tuple[str, str], there: tuple[str, str]) -> exp.Expr:
    """Return the rule with the relation to `parent` followed: what it asks of that row is asked of `parent`."""
    moved = _replaced(tree, here, there)

    def follow(node: exp.Expr) -> exp.Expr:
        node = bare(node) if isinstance(node, COMPARISONS) else node
        select = node.this if isinstance(node, exp.Exists) else None
        if not isinstance(select, exp.Select) or select.args["from_"].this.name != parent.table:
            return node
        alias = select.args["from_"].this.alias_or_name
        parts = conjuncts(select.args["where"].this)
        tie = {f"{alias}.id", f"{parent.table}.id"}
        rest = [part for part in parts if not (isinstance(part, exp.EQ) and {_text(s) for s in _ends(part)} == tie)]
        if len(rest) == len(parts):
            return node
        asked = exp.and_(*rest) if rest else exp.Boolean(this=True)
        return exp.Paren(this=renamed(asked, alias, parent.table))

    return moved.transform(follow)


def _ends(node: exp.EQ) -> tuple[exp.Expr, exp.Expr]:
    return node.left, node.right


def _text(node: exp.Expr) -> str:
    return f"{node.table}.{node.name}" if isinstance(node, exp.Column) else ""


def _replaced(tree: exp.Expr, old: tuple[str, str], new: tuple[str, str]) -> exp.Expr:
    def replace(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Column) and (node.table, node.name) == old:
            return _column(*new)
        return node

    return tree.copy().transform(replace)


def _column(alias: str, name: str) -> exp.Column:
    return exp.column(exp.to_identifier(name), table=exp.to_identifier(alias))
