"""Whether one rule always holds where others do, as far as their texts say.

The answer is sound and not complete: yes is certain, and no may mean that nothing here can tell.
"""

from collections.abc import Iterable, Iterator, Sequence

from sqlglot import exp

from backend_architect.design.syntax import conjuncts

COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE)
MOST_CHOICES = 4
"""How many ORs among the premises are taken apart, one in another."""


def implies(premises: Iterable[exp.Expr], goal: exp.Expr, *, depth: int = MOST_CHOICES) -> bool:
    """Return whether `goal` is true of every row and caller for which all premises are true."""
    goal = bare(goal)
    if isinstance(goal, exp.Boolean):
        return bool(goal.this)
    if isinstance(goal, exp.And):
        known = list(premises)
        return implies(known, goal.left, depth=depth) and implies(known, goal.right, depth=depth)
    known = [bare(part) for premise in premises for part in conjuncts(bare(premise))]
    if any(isinstance(part, exp.Boolean) and not part.this for part in known):
        return True
    if canonical(goal) in {canonical(part) for part in known} or _follows(known, goal):
        return True
    if isinstance(goal, exp.Or) and (implies(known, goal.left, depth=depth) or implies(known, goal.right, depth=depth)):
        return True
    return depth > 0 and any(_by_cases(known, number, goal, depth) for number in range(len(known)))


def bare(tree: exp.Expr) -> exp.Expr:
    """Return a rule without what does not change when it is true: parentheses, `is true`, the form of a path."""
    tree = tree.unnest()
    while isinstance(tree, exp.Is) and not tree.args.get("negate") and _is_true(tree.expression):
        tree = tree.this.unnest()
    return _looked_for(tree) if isinstance(tree, COMPARISONS) else tree


def _looked_for(tree: exp.Expr) -> exp.Expr:
    """Return a comparison with a value of a related row as the search for a row that has it."""
    for key, other in (("this", "expression"), ("expression", "this")):
        side = tree.args[key].unnest() if not isinstance(tree.args[key], exp.Subquery) else tree.args[key]
        select = side.this if isinstance(side, exp.Subquery) else None
        if isinstance(select, exp.Select) and select.args.get("where") and select.find(exp.AggFunc) is None:
            compared = type(tree)(**{key: select.expressions[0].copy(), other: tree.args[other].copy()})
            where = exp.and_(select.args["where"].this.copy(), compared)
            source = select.args["from_"].copy()
            found = exp.Select(expressions=[exp.Literal.number(1)], from_=source, where=exp.Where(this=where))
            return exp.Exists(this=found)
    return tree


def canonical(tree: exp.Expr) -> str:
    """Return the condition as text that is the same for conditions that differ in the names of row variables alone."""
    copied = tree.copy()
    names: dict[str, str] = {}
    for select in copied.find_all(exp.Select, bfs=False):
        source = select.args["from_"].this
        names.setdefault(source.alias_or_name, f"row_{len(names)}")
    for node in copied.find_all(exp.Column):
        if node.table in names:
            node.set("table", exp.to_identifier(names[node.table]))
    for table in copied.find_all(exp.Table):
        new = names.get(table.alias_or_name, table.alias_or_name)
        table.set("alias", exp.TableAlias(this=exp.to_identifier(new)))
    if isinstance(copied, exp.EQ):
        return " = ".join(sorted((copied.left.sql("postgres"), copied.right.sql("postgres"))))
    return copied.sql("postgres")


def _by_cases(known: Sequence[exp.Expr], number: int, goal: exp.Expr, depth: int) -> bool:
    """Return whether each side of a premise that is an OR leads to the goal."""
    choice = known[number]
    if not isinstance(choice, exp.Or):
        return False
    rest = [part for other, part in enumerate(known) if other != number]
    return all(implies([*rest, side], goal, depth=depth - 1) for side in (choice.left, choice.right))


def _follows(known: Sequence[exp.Expr], goal: exp.Expr) -> bool:
    """Return whether an equality among the premises leads to the goal: a caller that is known, a value of a list."""
    equal = [part for part in known if isinstance(part, exp.EQ)]
    if _is_signed_in(goal):
        return any(_is_me(side) for part in equal for side in (part.left, part.right))
    if isinstance(goal, exp.In) and not goal.args.get("query"):
        listed = {item.sql("postgres") for item in goal.expressions}
        sides = [(part.left.sql("postgres"), part.right.sql("postgres")) for part in equal]
        return any(left == goal.this.sql("postgres") and right in listed for left, right in sides)
    if isinstance(goal, exp.Exists):
        return any(_finds_too(known, part, goal) for part in known if isinstance(part, exp.Exists))
    return False


def _finds_too(known: Sequence[exp.Expr], found: exp.Exists, goal: exp.Exists) -> bool:
    """Return whether the row that one subquery finds is a row that the other looks for."""
    one, other = found.this, goal.this
    if not (isinstance(one, exp.Select) and isinstance(other, exp.Select)):
        return False
    source, wanted = one.args["from_"].this, other.args["from_"].this
    if source.name != wanted.name:
        return False
    asked = renamed(other.args["where"].this, wanted.alias_or_name, source.alias_or_name)
    rest = [part for part in known if part is not found]
    return implies([*rest, one.args["where"].this], asked)


def renamed(tree: exp.Expr, old: str, new: str) -> exp.Expr:
    """Return the condition over another name of a row variable."""
    copied = tree.copy()
    for node in copied.find_all(exp.Column):
        if node.table == old:
            node.set("table", exp.to_identifier(new))
    return copied


def _is_signed_in(node: exp.Expr) -> bool:
    """Return whether the condition is `me is not null`, in either of the forms that a parser gives it."""
    inner = bare(node.this) if isinstance(node, exp.Not) else node
    negated = isinstance(node, exp.Not) or bool(node.args.get("negate"))
    return negated and isinstance(inner, exp.Is) and _is_me(inner.this) and isinstance(inner.expression, exp.Null)


def _is_me(node: exp.Expr) -> bool:
    return isinstance(node, exp.Placeholder) and node.name == "me"


def _is_true(node: exp.Expr) -> bool:
    return isinstance(node, exp.Boolean) and bool(node.this)


def sides(tree: exp.Expr) -> Iterator[exp.Expr]:
    """Return the parts of a rule that are joined by OR at its top."""
    tree = bare(tree)
    if isinstance(tree, exp.Or):
        yield from sides(tree.left)
        yield from sides(tree.right)
    else:
        yield tree
