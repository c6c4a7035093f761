"""The statements of an action: the row is locked, everything is judged of it as it then is, and all is written at once.

A caller who may not see the row finds none. Otherwise the first verdict that is false says why nothing was done.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

from sqlglot import exp

from backend_architect.design.expressions import TAKES, resolve_rule, resolve_value, taken_row
from backend_architect.design.implication import implies
from backend_architect.design.model import Condition, Entity, Field, RowAction
from backend_architect.design.names import words
from backend_architect.design.postgres_types import column_type
from backend_architect.design.routes import Route
from backend_architect.design.rule_evaluation import needs_caller
from backend_architect.design.states import set_text, starting_states
from backend_architect.design.syntax import fold
from backend_architect.queries.locks import locked
from backend_architect.queries.model import Judgement, Query
from backend_architect.queries.resolved import ResolvedDesign, all_of, column, hops_of, without_signed_in
from backend_architect.queries.rows import answered_query, entity_of, readable_or_absent
from backend_architect.queries.text import StatementText, listed
from backend_architect.queries.turn_locks import with_turn

ASKED, AGREED = "asked", "agreed"
"""The row as it was, with what is to be said of it; and the same where everything holds."""
ALLOWED, IN_STATE = "allowed_", "in_state_"
"""Verdicts end as no name of a design does."""


def action_query(resolved: ResolvedDesign, route: Route) -> Query:
    """Return the statement that judges a row and does the action, or says why not; with the lock that comes before."""
    entity = entity_of(route)
    assert route.action is not None
    act = _Act(resolved, entity, route.action, resolved.statement(entity))
    where = f"{entity.table}.id = {act.statement.value('id', f'{entity.name}_id')}"
    verdicts = _verdicts(act)
    labelled = [f"{_judgement(act, verdict, tree)} AS {verdict.label}" for verdict, tree in verdicts]
    where = "\n      AND ".join([where, *_seen(act)])
    given, writes = _assignments(act), list(_related_writes(act))
    locks_first = bool(writes) or any(tree.find(exp.Select) for tree in act.trees)
    if verdicts or writes:
        lock = "" if locks_first else f"\n    FOR NO KEY UPDATE OF {entity.table}"
        text = _judged(entity, where, given, labelled=labelled, writes=writes, lock=lock)
        labels = "".join(f", {ASKED}.{verdict.label}" for verdict, _ in verdicts)
        answer = f"SELECT done.*{labels}\nFROM {ASKED}\nLEFT JOIN done ON true"
    else:
        text = f"acted AS (\n    UPDATE {entity.table}\n    SET {given}\n    WHERE {where}\n    RETURNING *\n)"
        answer = f"SELECT\n    {{COLUMNS}}\nFROM acted AS {entity.table}\n{{JOINS}}"
    query = answered_query(resolved, route, act.statement, f"WITH /* {route.statement} */ {text}\n{answer}")
    before = _lock(act, route) if locks_first else None
    query = replace(query, verdicts=tuple(verdict for verdict, _ in verdicts), lock=before)
    return with_turn(resolved, query, route.action, *act.trees)


def _judged(entity: Entity, where: str, given: str, *, labelled: list[str], writes: list[str], lock: str) -> str:
    """Return the parts of a statement that judges, and writes where everything holds."""
    labels = [each.rpartition(" AS ")[2] for each in labelled]
    agreed = " AND ".join(labels) or "true"
    asked = listed([f"{entity.table}.*", *labelled], 8)
    own = f"UPDATE {entity.table}\n    SET {given}\n    FROM {AGREED}\n    WHERE {entity.table}.id = {AGREED}.id"
    parts = [
        f"{ASKED} AS (\n    SELECT\n        {asked}\n    FROM {entity.table}\n    WHERE {where}{lock}\n)",
        f"{AGREED} AS (\n    SELECT *\n    FROM {ASKED}\n    WHERE {agreed}\n)",
        f"acted AS (\n    {own}\n    RETURNING {entity.table}.*\n)",
        *writes,
        f"done AS (\n    SELECT\n    {{COLUMNS}}\n    FROM acted AS {entity.table}\n{{JOINS}}\n)",
    ]
    return ", ".join(parts)


def _judgement(act: "_Act", verdict: Judgement, tree: exp.Expr) -> str:
    """Return a verdict as SQL that is never unknown; a row's state never is."""
    text = act.text(tree, 8)
    return text if verdict.label == IN_STATE else f"({text}) IS TRUE"


class _Act:
    """An action while its statement is written; `trees` are the expressions that it rests on so far."""

    def __init__(self, resolved: ResolvedDesign, entity: Entity, action: RowAction, statement: StatementText) -> None:
        self.resolved, self.entity, self.action, self.statement = resolved, entity, action, statement
        self.design, self.takes = resolved.design, taken_row(entity, action)
        self.trees: list[exp.Expr] = []
        has_caller = resolved.design.auth is not None and needs_caller(self.design, entity, action.allow, self.takes)
        self.has_caller = has_caller

    def rule(self, text: str) -> exp.Expr:
        """Return a rule of the action over the row; behind a route that needs a caller, `signed_in` is true."""
        tree = resolve_rule(self.design, self.entity, text, kept=self.resolved.kept, takes=self.takes)
        return fold(without_signed_in(tree)) if self.has_caller else tree

    def judged(self, text: str) -> exp.Expr:
        """Return a rule with a lock on each related row that it looks at, and that could change it."""
        tree = self.rule(text)
        self.trees.append(tree)
        return locked(self.resolved, self.entity, self.action, tree)

    def value(self, text: str, alias: str) -> exp.Expr:
        """Return an expression of the action over the row under an alias."""
        kept = self.resolved.kept
        tree = resolve_value(self.design, self.entity, text, alias=alias, kept=kept, takes=self.takes).sql
        self.trees.append(tree)
        return tree

    def text(self, tree: exp.Expr, indent: int = 0) -> str:
        """Return a tree as text, what the client sends as parameters."""

        def parameter(node: exp.Expr) -> exp.Expr:
            is_sent = isinstance(node, exp.Column) and node.table == TAKES
            return exp.Var(this=self.parameter(self._taken(node.name))) if is_sent else node

        return self.statement.rule(tree.copy().transform(parameter), indent)

    def parameter(self, item: Field) -> str:
        """Return the parameter of a value that the client sends, with its type."""
        return f"{self.statement.value(item.column, f'sent.{item.column}')}::{column_type(item)}"

    def _taken(self, name: str) -> Field:
        return next(item for item in self.entity.taken(self.action) if item.column == name)

    def relation(self, name: str) -> Field:
        """Return a relation that the action takes, or one of the row."""
        return self.action.takes.get(name) or self.entity.fields[name]

    def target(self, name: str, alias: str) -> str:
        """Return the SQL of the id that a relation holds: what is sent, or the row's own value under an alias."""
        item = self.relation(name)
        return self.parameter(item) if name in self.action.takes else f"{alias}.{item.column}"


def _verdicts(act: _Act) -> list[tuple[Judgement, exp.Expr]]:
    """Return what is judged, in this order: who may, the state, whether rows are different ones, the conditions."""
    entity, action = act.entity, act.action
    found: list[tuple[Judgement, exp.Expr]] = []
    allow = act.judged(action.allow)
    if not _is_decided(act):
        found.append((Judgement(ALLOWED), allow))
    state, starting = entity.state, starting_states(entity, action)
    if state and set(starting) != set(state.choices):
        named = [exp.Literal.string(name) for name in starting]
        here = column(entity.table, state.column)
        tree = exp.EQ(this=here, expression=named[0]) if len(named) == 1 else exp.In(this=here, expressions=named)
        found.append((Judgement(IN_STATE, "wrong-state", wrong_state(entity, action)), tree))
    found += _apart(act)
    found += [(need_verdict(need), act.judged(need.rule)) for need in action.needs.values()]
    return found


def wrong_state(entity: Entity, action: RowAction) -> str:
    """Return what a client is told where an action does not fit the state."""
    assert entity.state is not None
    states = [words(name) for name in starting_states(entity, action)]
    listed_states = " or ".join([", ".join(states[:-1]), states[-1]] if len(states) > 1 else states)
    return f"The {words(entity.name)} must be {listed_states} for this."


def need_verdict(need: Condition) -> Judgement:
    """Return the verdict of a condition, with what a client is told where it does not hold."""
    return Judgement(f"{need.name}_", need.code, need.message or f"This does not hold: {words(need.name)}.")


def _apart(act: _Act) -> Iterator[tuple[Judgement, exp.Expr]]:
    """Give the verdict that the rows which are changed together are different ones: one write would be lost."""
    relations = list(dict.fromkeys(path.partition(".")[0] for path in act.action.sets if "." in path))
    own = [("", act.entity.name)] + [(name, act.relation(name).to or "") for name in relations]
    trees = [
        exp.NullSafeNEQ(this=_id_of(act, one[0]), expression=_id_of(act, two[0]))
        for one, two in combinations(own, 2)
        if one[1] == two[1]
    ]
    if trees:
        yield Judgement("apart_", "same-row", "This takes two different rows."), all_of(*trees)


def _id_of(act: _Act, name: str) -> exp.Expr:
    if not name:
        return column(act.entity.table, "id")
    item = act.relation(name)
    return column(TAKES if name in act.action.takes else act.entity.table, item.column)


def _is_decided(act: _Act) -> bool:
    """Return whether whoever sees the row may do the action: then there is nothing to judge after it was found."""
    read = act.entity.allow.get("read")
    if read is None:
        return True
    return implies([act.rule(read)], act.rule(act.action.allow))


def _seen(act: _Act) -> list[str]:
    """Return the conditions without which there is nothing here for the caller: to see the row, and what is sent."""
    allow, read = act.rule(act.action.allow), act.entity.allow.get("read")
    found = []
    if read is None:
        found.append(act.text(locked(act.resolved, act.entity, act.action, allow), 8))
    else:
        text = act.resolved.may_read(act.statement, act.entity, 6)
        if not implies([allow], act.rule(read)) and text != "true":
            text = f"({text} OR {act.text(allow, 8)})"
        found.append(text)
    sent = (item for item in act.entity.taken(act.action) if _must_be_readable(act, item))
    found += [act.text(readable_or_absent(act.resolved, item, TAKES), 8) for item in sent]
    return [text for text in found if text != "true"]


def _must_be_readable(act: _Act, item: Field) -> bool:
    """Return whether a relation that is sent needs a check of its own: not where a rule looks through it."""
    if not item.is_reference:
        return False
    target = act.design.entities[item.to or ""]
    readable = act.resolved.allowed(target, "read")
    if "read" not in target.allow or (isinstance(readable, exp.Boolean) and readable.this):
        return False
    return not any(item.name in hops_of(tree, TAKES) for tree in act.trees)


def _assignments(act: _Act) -> str:
    """Return `SET` of the row itself: what is sent, what is computed, the state."""
    entity, action, given = act.entity, act.action, []
    for name in action.stores:
        item = entity.fields[name]
        value = act.parameter(item)
        if item.optional:
            is_given = act.statement.value(f"{item.column}_given", f'"{item.column}" in sent.model_fields_set')
            value = f"CASE WHEN {is_given} THEN {value} ELSE {entity.table}.{item.column} END"
        given.append(f"{item.column} = {value}")
    for target in action.sets:
        if "." not in target:
            item, text = entity.fields[target], set_text(act.design, entity, action, target)
            given.append(f"{item.column} = {act.text(act.value(text, entity.table), 8)}")
    if action.to and entity.state:
        given.append(f"{entity.state.column} = '{action.to}'")
    return ",\n        ".join([*given, "updated_at = now()"])


def _related_writes(act: _Act) -> Iterator[str]:
    """Give one UPDATE for each related row that the action changes."""
    by_relation: dict[str, list[str]] = {}
    for target in act.action.sets:
        relation, dot, _ = target.partition(".")
        if dot:
            by_relation.setdefault(relation, []).append(target)
    for relation, targets in by_relation.items():
        related = act.design.entities[act.relation(relation).to or ""]
        given = [_related_assignment(act, related, relation, target) for target in targets]
        yield (
            f"{relation}_changed_ AS (\n    UPDATE {related.table}\n    SET "
            + ",\n        ".join(given)
            + f"\n    FROM {AGREED}\n    WHERE {related.table}.id = {act.target(relation, AGREED)}\n)"
        )


def _related_assignment(act: _Act, related: Entity, relation: str, target: str) -> str:
    item = related.fields[target.partition(".")[2]]
    alias = TAKES if relation in act.action.takes else AGREED

    def own_column(node: exp.Expr) -> exp.Expr:
        """Return `stock` for the subquery that reads `product.stock`: the row being changed is that product."""
        hop = node.meta.get("hop") if isinstance(node, exp.Subquery) else None
        if hop and hop[:2] == (alias, relation) and isinstance(node.this.expressions[0], exp.Column):
            return column(related.table, node.this.expressions[0].name)
        return node

    tree = act.value(set_text(act.design, act.entity, act.action, target), AGREED).copy().transform(own_column)
    return f"{item.column} = {act.text(tree, 8)}"


def _lock(act: _Act, route: Route) -> Query:
    """Return the statement that locks the row, and those of its kind that are changed with it, in the order of ids.

    What is read afterwards is read by a statement of its own, and so as the transactions before have left it.
    """
    entity, statement = act.entity, StatementText()
    ids = [statement.value("id", f"{entity.name}_id")]
    for name, item in act.action.takes.items():
        if item.to == entity.name and any(path.startswith(f"{name}.") for path in act.action.sets):
            ids.append(statement.value(item.column, f"sent.{item.column}"))
    where = f"= {ids[0]}" if len(ids) == 1 else f"IN ({', '.join(ids)})\nORDER BY {entity.table}.id"
    name = f"{route.statement}_lock"
    sql = f"SELECT /* {name} */ 1\nFROM {entity.table}\nWHERE {entity.table}.id {where}\nFOR NO KEY UPDATE"
    return Query(name, None, entity, "always", sql, tuple(statement.params))
