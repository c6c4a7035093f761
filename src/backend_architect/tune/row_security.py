"""Row security as what it is to the planner: a condition of each statement of the roles that it binds.

Superusers, roles with BYPASSRLS and, unless it is forced, a table's owner are not bound. Of a statement whose role
nobody knows it is taken that it is.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Any

from pglast import ast, enums, parse_sql
from pglast.parser import ParseError
from pglast.stream import RawStream

from backend_architect.postgres.catalog import Catalog, Policy
from backend_architect.sql.names import StatementNames, read_names
from backend_architect.sql.parsing import is_a, nodes, parse
from backend_architect.sql.rewrite import copied
from backend_architect.tune.indexes.model import Recommended
from backend_architect.tune.workload import Statement, Workload

ALL, READS, UPDATES, DELETES = "*", "r", "w", "d"
LEFT, RIGHT, FULL = enums.JoinType.JOIN_LEFT, enums.JoinType.JOIN_RIGHT, enums.JoinType.JOIN_FULL
AND, OR = enums.BoolExprType.AND_EXPR, enums.BoolExprType.OR_EXPR
NOTE = "statements on tables with row security: {:,}; planned with the conditions of the policies that bind their roles"
JUDGED = "judged with row security's conditions: {}"
JUDGED_WITHOUT = "judged without row security, which does not bind the roles of its statements"


def with_policies(workload: Workload, catalog: Catalog) -> Workload:
    """Return the workload, its statements with the conditions of the policies that bind their roles."""
    if not catalog.policies:
        return workload
    secured = {policy.table for policy in catalog.policies}
    names = frozenset(table.name for table in catalog.tables if table.oid in secured)
    changed = {each.id: text for each in workload.statements if (text := _changed(each, catalog, names)) is not None}
    if not changed:
        return workload
    statements = tuple(
        replace(each, text=changed[each.id], secured=True) if each.id in changed else each
        for each in workload.statements
    )
    return replace(workload, statements=statements, notes=(*workload.notes, NOTE.format(len(changed))))


def said_of_policies(each: Recommended, workload: Workload, catalog: Catalog) -> Recommended:
    """Return an advised index with how row security was thought of, where its table has any."""
    table = catalog.table_by_name.get((each.index.schema, each.index.table))
    own = [policy.name for policy in catalog.policies if table is not None and policy.table == table.oid]
    if not own:
        return each
    serving = [one for one in workload.statements if one.shown in each.statements]
    with_them = any(one.secured for one in serving)
    return replace(each, security=JUDGED.format(", ".join(own)) if with_them else JUDGED_WITHOUT)


def _changed(statement: Statement, catalog: Catalog, names: Collection[str]) -> str | None:
    """Return the text with the conditions, None where none applies; `names` are those of tables with row security."""
    trees = parse(statement.text)
    if not trees or len(trees) != 1:
        return None
    if not any(each.relname in names for each in nodes(trees[0], ast.RangeVar)):
        return None
    tree = copied(trees[0])
    writer = _Writer(catalog, statement)
    try:
        writer.change(tree)
        return str(RawStream()(tree)) if writer.added else None
    except Exception:  # noqa: BLE001 - a statement that nobody foresaw is planned as it is written
        return None


def condition_for(catalog: Catalog, table: int, command: str, roles: Sequence[str]) -> str:
    """Return the condition of a table's policies for a command of some roles, '' where they bind none of them."""
    own = [each for each in catalog.policies if each.table == table]
    bound = [role for role in roles if role not in catalog.unbound_roles and not _owns(role, own)]
    if not own or (roles and not bound):
        return ""
    fitting = [each for each in own if each.command in {ALL, command} and _is_for(each, bound)]
    allowing = [each.condition for each in fitting if each.permissive]
    narrowing = [each.condition for each in fitting if not each.permissive and each.condition]
    if not allowing:
        return "false"
    allowed = [] if "" in allowing else [" OR ".join(f"({each})" for each in dict.fromkeys(allowing))]
    return " AND ".join(f"({each})" for each in [*allowed, *narrowing])


def _owns(role: str, policies: Sequence[Policy]) -> bool:
    return any(each.owner == role and not each.forced for each in policies)


def _is_for(policy: Policy, roles: Sequence[str]) -> bool:
    """Return whether a policy is for everybody, for one of these roles, or for roles that nobody tells."""
    return not policy.roles or not roles or any(role in policy.roles for role in roles)


class _Writer:
    """Adds the conditions to a statement's own tree."""

    def __init__(self, catalog: Catalog, statement: Statement) -> None:
        self._catalog = catalog
        self._roles = [each for each in statement.user.split(", ") if each]
        self.added = 0

    def change(self, tree: Any) -> None:
        names = read_names(tree, self._catalog)
        for each in list(nodes(tree, ast.SelectStmt)):
            for item in each.fromClause or ():
                self._item(item, each, READS, names)
        for each in list(nodes(tree, ast.UpdateStmt, ast.DeleteStmt)):
            command = UPDATES if is_a(each, ast.UpdateStmt) else DELETES
            self._table(each.relation, each, command, names)
            for item in (each.fromClause if command == UPDATES else each.usingClause) or ():
                self._item(item, each, READS, names)

    def _item(self, item: Any, block: Any, command: str, names: StatementNames) -> None:
        """Add the conditions of a part of FROM: to WHERE, or to the join whose missing rows it may not drop."""
        if is_a(item, ast.RangeVar):
            self._table(item, block, command, names)
        elif is_a(item, ast.JoinExpr) and item.jointype != FULL:
            inner_left = item if item.jointype == RIGHT else block
            inner_right = item if item.jointype == LEFT else block
            self._item(item.larg, inner_left, command, names)
            self._item(item.rarg, inner_right, command, names)

    def _table(self, named: Any, place: Any, command: str, names: StatementNames) -> None:
        if named is None or names.is_query(named):
            return
        table = self._catalog.table_by_name.get((named.schemaname or "", named.relname))
        text = condition_for(self._catalog, table.oid, command, self._roles) if table is not None else ""
        if not text:
            return
        alias = named.alias.aliasname if named.alias else named.relname
        condition = _of(text, alias)
        member = "quals" if is_a(place, ast.JoinExpr) else "whereClause"
        if member == "quals" and place.quals is None:  # USING and NATURAL have no place for it
            return
        before = getattr(place, member)
        parts = (*_conjuncts(before), *_conjuncts(condition))
        setattr(place, member, parts[0] if len(parts) == 1 else ast.BoolExpr(boolop=AND, args=parts))
        self.added += 1


def _of(text: str, alias: str) -> Any:
    """Return a policy's condition about a table by the name that a statement gives it.

    What has a subquery is kept as the condition that it is: the planner makes no join of a policy's subquery.
    """
    select: Any = parse_sql(f"SELECT {text}")[0].stmt
    condition = select.targetList[0].val
    inner = {id(each) for link in nodes(condition, ast.SubLink) for each in nodes(link.subselect, ast.ColumnRef)}
    for reference in nodes(condition, ast.ColumnRef):
        if len(reference.fields) == 1 and id(reference) not in inner:
            reference.fields = (ast.String(sval=alias), *reference.fields)
        elif len(reference.fields) > 1 and id(reference) in inner:
            _renamed(reference, condition, alias)
    kept = tuple(_kept(each) for each in _conjuncts(condition))
    return kept[0] if len(kept) == 1 else ast.BoolExpr(boolop=AND, args=kept)


def _conjuncts(condition: Any) -> tuple[Any, ...]:
    if condition is None:
        return ()
    return tuple(condition.args) if is_a(condition, ast.BoolExpr) and condition.boolop == AND else (condition,)


def _renamed(reference: Any, condition: Any, alias: str) -> None:
    """Let a subquery's reference to the secured table mean it by its name in the statement."""
    own = {each.alias.aliasname if each.alias else each.relname for each in nodes(condition, ast.RangeVar)}
    if str(reference.fields[-2].sval) not in own:
        reference.fields = (ast.String(sval=alias), reference.fields[-1])


def _kept(part: Any) -> Any:
    correlated = any(link.subLinkType != enums.SubLinkType.EXPR_SUBLINK for link in nodes(part, ast.SubLink))
    return ast.BooleanTest(arg=part, booltesttype=enums.BoolTestType.IS_TRUE) if correlated else part


def calls_for_each_row(condition: str) -> list[str]:
    """Return the calls in a policy's condition that know nothing of the row, and are not in a subquery of their own."""
    return [str(RawStream()(each)) for each in _loose_calls(_parsed(condition))]


def computed_once(condition: str) -> str:
    """Return the condition with each such call in a subquery of its own, which the planner runs once."""
    tree = _parsed(condition)
    loose = {id(each) for each in _loose_calls(tree)}
    return str(RawStream()(_with_subqueries(tree, loose)))


def _parsed(condition: str) -> Any:
    try:
        select: Any = parse_sql(f"SELECT {condition}")[0].stmt
    except ParseError:
        return None
    return select.targetList[0].val


def _loose_calls(tree: Any) -> Iterator[Any]:
    inner = {id(each) for link in nodes(tree, ast.SubLink) for each in nodes(link.subselect, ast.FuncCall)}
    seen: set[int] = set()
    for call in nodes(tree, ast.FuncCall):
        own = {id(each) for each in nodes(call.args or (), ast.FuncCall)}
        if id(call) not in inner | seen and not any(True for _ in nodes(call, ast.ColumnRef, ast.SubLink)):
            seen |= own
            yield call


def _with_subqueries(node: Any, loose: set[int]) -> Any:
    if isinstance(node, tuple):
        return tuple(_with_subqueries(each, loose) for each in node)
    if not isinstance(node, ast.Node):
        return node
    if id(node) in loose:
        select = ast.SelectStmt(targetList=(ast.ResTarget(val=node),), op=enums.SetOperation.SETOP_NONE)
        return ast.SubLink(subLinkType=enums.SubLinkType.EXPR_SUBLINK, subselect=select)
    for name in node:
        value = getattr(node, name)
        if isinstance(value, (tuple, ast.Node)):
            setattr(node, name, _with_subqueries(value, loose))
    return node
