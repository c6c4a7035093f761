"""What a rule says of somebody, as far as that is known before any row exists.

A rule is evaluated over facts: who asks, and what is known of the row. What is not known may be anything, so the
answer is a set of truth values; SQL's three values are True, False and None.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from backend_architect.design.expressions import resolve_rule
from backend_architect.design.model import Design, Entity, FieldType, Persona, Row

Truth = frozenset[bool | None]
ANYTHING: Truth = frozenset({True, False, None})
EITHER: Truth = frozenset({True, False})

ME, OTHER = "<me>", "<somebody else>"
UNKNOWN = object()
FLIPPED = {True: False, False: True, None: None}


@dataclass(frozen=True)
class KnownFacts:
    """What is known: the caller (`ME`, or None for nobody), the roles held, and columns by alias.

    `related` holds the columns of the rows that relations lead to, by alias and relation; `edges` whether there may be
    rows that only a subquery sees.
    """

    me: str | None
    roles: frozenset[str] = frozenset()
    columns: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    related: Mapping[tuple[str, str], Mapping[str, object]] = field(default_factory=dict)
    edges: bool = True


def needs_caller(design: Design, row: Row | None, text: str, takes: Entity | None = None) -> bool:
    """Return whether a rule can never hold for somebody who has not signed in; `takes` is what an action takes."""
    return True not in truth(resolve_rule(design, row, text, takes=takes), KnownFacts(me=None))


def truth(tree: exp.Expr, facts: KnownFacts) -> Truth:
    """Return the truth values that a boolean tree may have under the facts."""
    if isinstance(tree, exp.Paren):
        return truth(tree.this, facts)
    if isinstance(tree, exp.Boolean):
        return frozenset({bool(tree.this)})
    if isinstance(tree, exp.Column):
        value = _value(tree, facts)
        return frozenset({value}) if value is None or isinstance(value, bool) else ANYTHING
    if isinstance(tree, exp.Placeholder):
        return frozenset({tree.name.removeprefix("is_") in facts.roles})
    if isinstance(tree, exp.Not):
        return frozenset(FLIPPED[value] for value in truth(tree.this, facts))
    if isinstance(tree, exp.And | exp.Or):
        return _combined(tree, truth(tree.left, facts), truth(tree.right, facts))
    if isinstance(tree, exp.Is):
        return _is(tree, facts)
    if isinstance(tree, exp.EQ | exp.NEQ):
        return _equal(tree, facts)
    if isinstance(tree, exp.Exists):
        return _exists(tree, facts)
    if isinstance(tree, exp.Subquery) and "hop" in tree.meta:
        return _related_value(tree, facts)
    if isinstance(tree, exp.In):
        return _in(tree, facts)
    if not isinstance(tree, exp.Binary):
        return ANYTHING
    return frozenset({None}) if None in {_value(tree.left, facts), _value(tree.right, facts)} else ANYTHING


def _combined(tree: exp.And | exp.Or, left: Truth, right: Truth) -> Truth:
    decisive = isinstance(tree, exp.Or)
    return frozenset(
        decisive if decisive in {a, b} else (None if None in {a, b} else not decisive) for a in left for b in right
    )


def _is(tree: exp.Is, facts: KnownFacts) -> Truth:
    value, negated = _value(tree.this, facts), bool(tree.args.get("negate"))
    if not isinstance(tree.expression, exp.Null):
        wanted = bool(tree.expression.this)
        return frozenset((each is wanted) is not negated for each in truth(tree.this, facts))
    return EITHER if value is UNKNOWN else frozenset({(value is None) is not negated})


def _equal(tree: exp.EQ | exp.NEQ, facts: KnownFacts) -> Truth:
    left, right = _value(tree.this, facts), _value(tree.args["expression"], facts)
    if left is None or right is None:
        return frozenset({None})
    if left is UNKNOWN or right is UNKNOWN:
        return EITHER
    return frozenset({(left == right) is isinstance(tree, exp.EQ)})


def _in(tree: exp.In, facts: KnownFacts) -> Truth:
    query = tree.args.get("query")
    if query is not None:
        inner = truth(query.this.args["where"].this, facts)
        return frozenset({False}) if True not in inner or not facts.edges else EITHER
    value = _value(tree.this, facts)
    if value is None:
        return frozenset({None})
    listed = [_value(item, facts) for item in tree.expressions]
    if value is UNKNOWN or UNKNOWN in listed:
        return EITHER
    return frozenset({value in listed})


def _exists(tree: exp.Exists, facts: KnownFacts) -> Truth:
    hop = tree.meta.get("hop")
    where = tree.this.args["where"].this
    if hop is None:
        return frozenset({False}) if not facts.edges or True not in truth(where, facts) else EITHER
    there = _beyond(hop, facts)
    if there is None:
        return frozenset({False}) if True not in truth(where, facts) else EITHER
    rule = where.right if isinstance(where, exp.And) else where
    return frozenset(value is True for value in truth(rule, there))


def _related_value(tree: exp.Subquery, facts: KnownFacts) -> Truth:
    """Return what a rule of a related row is: unknown where that row is missing."""
    value = tree.this.expressions[0]
    there = _beyond(tree.meta["hop"], facts)
    return truth(value, facts) | {None} if there is None else truth(value, there)


def _beyond(hop: tuple[str, str, str], facts: KnownFacts) -> KnownFacts | None:
    """Return the facts with those of the row that a relation leads to, None where nothing is known of it."""
    outer, relation, alias = hop
    known = facts.related.get((outer, relation))
    if known is None:
        return None
    return KnownFacts(facts.me, facts.roles, {**facts.columns, alias: known}, facts.related, facts.edges)


def _value(node: exp.Expr, facts: KnownFacts) -> object:
    if isinstance(node, exp.Paren):
        return _value(node.this, facts)
    if isinstance(node, exp.Null):
        return None
    if isinstance(node, exp.Placeholder) and node.name == "me":
        return facts.me
    if isinstance(node, exp.Literal):
        return node.this if node.is_string else float(node.this)
    if isinstance(node, exp.Boolean):
        return bool(node.this)
    if isinstance(node, exp.Column):
        return facts.columns.get(node.table, {}).get(node.name, UNKNOWN)
    return UNKNOWN


def persona_facts(design: Design, row: Row, persona: Persona, alias: str, *, is_new: bool = False) -> KnownFacts:
    """Return what is known when `persona` meets a row that `owner` made with the usual values, and no edges yet.

    With `is_new` the row is the one that the persona is about to make, beside parents that the owner made.
    """
    me = None if persona == "anonymous" else ME
    roles = frozenset(design.auth.roles) if persona == "moderator" and design.auth else frozenset[str]()
    maker = ME if is_new or persona == "owner" else OTHER
    owner = ME if persona == "owner" else OTHER
    columns = {alias: usual_columns(design, row, me if is_new else maker)}
    related: dict[tuple[str, str], Mapping[str, object]] = {}
    _relate(design, row, alias, owner=owner, related=related)
    return KnownFacts(me, roles, columns, related, edges=False)


def usual_columns(design: Design, row: Row, maker: str | None) -> dict[str, object]:
    """Return the columns of a row as tests make it: defaults, the first choice, no optional values."""
    columns: dict[str, object] = {}
    for item in row.fields.values():
        if item.set == "me":
            columns[item.column] = maker
        elif item.default is not None:
            columns[item.column] = float(item.default) if type(item.default) in {int, float} else item.default
        elif item.optional:
            columns[item.column] = None
        elif item.type is FieldType.ONE_OF:
            columns[item.column] = item.choices[0]
        elif design.account and item.to == design.account.name:
            columns[item.column] = OTHER
        elif item.type is FieldType.BOOLEAN:
            columns[item.column] = False
    if isinstance(row, Entity) and design.account is row:
        columns["id"] = maker
    return columns


def _relate(
    design: Design, row: Row, alias: str, *, owner: str, related: dict[tuple[str, str], Mapping[str, object]]
) -> None:
    """Note the parents of a row, made by the owner, and theirs."""
    for item in row.references:
        target = design.entities.get(item.to or "")
        if target is None or item.optional or item.set == "me" or (alias, item.name) in related:
            continue
        related[alias, item.name] = usual_columns(design, target, owner)
        _relate(design, target, item.name, owner=owner, related=related)
