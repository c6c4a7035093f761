"""What else changes with a row, in the same transaction: kept counts and the effects that a design declares."""

from sqlglot import exp

from backend_architect.design.model import Action, Design, Entity, Row
from backend_architect.design.mutable_values import changing_columns
from backend_architect.design.printing import sql_text
from backend_architect.queries.resolved import ResolvedDesign
from backend_architect.schema.model import ColumnChange, KeptCount, Trigger, Turns


def build_triggers(resolved: ResolvedDesign) -> tuple[Trigger, ...]:
    """Return one trigger for each table whose rows are counted or have effects.

    Triggers, and not the statements of the API, because a cascade or a hand-written statement must count too.
    """
    triggers = (_trigger(resolved, row) for row in resolved.design.rows_by_plural.values())
    return tuple(trigger for trigger in triggers if trigger.on_insert or trigger.on_delete)


def build_turns(design: Design) -> tuple[Turns, ...]:
    """Return who must take turns: writers of rows that may not overlap.

    Two of them at once would each find the row of the other, and wait for each other until PostgreSQL ends one, after a
    second in which neither connection serves anybody.
    """
    return tuple(_turns(entity) for entity in design.entities.values() if entity.no_overlap)


def _turns(entity: Entity) -> Turns:
    rule = entity.no_overlap
    assert rule is not None
    per = tuple(entity.fields[name].column for name in rule.per)
    return Turns(entity.table, per, (*per, rule.start, rule.end))


def _trigger(resolved: ResolvedDesign, row: Row) -> Trigger:
    design, kept = resolved.design, resolved.kept
    counted = _counted(resolved, row)
    on_insert = [ColumnChange(each.table, each.column, each.via, f"{each.column} + 1") for each in counted]
    if not isinstance(row, Entity):
        return Trigger(row.table, tuple(on_insert), counted=counted)
    changing = changing_columns(design, kept, row)
    moved = tuple(each for each in counted if each.via in changing)
    on_insert += _effects(resolved, row, "create")
    on_delete = _effects(resolved, row, "delete")
    if on_delete:  # for each row, and the counts with them: locked in another order than on insert, two could deadlock
        down = [ColumnChange(each.table, each.column, each.via, f"{each.column} - 1") for each in counted]
        return Trigger(row.table, tuple(on_insert), (*down, *on_delete), moved=moved)
    return Trigger(row.table, tuple(on_insert), counted=counted, moved=moved)


def _counted(resolved: ResolvedDesign, row: Row) -> tuple[KeptCount, ...]:
    found = (
        KeptCount(entity.table, f"{count.name}_count", row.fields[count.via].column)
        for entity in resolved.design.entities.values()
        for count in entity.counts.values()
        if count.source == row.plural and resolved.kept(entity.name, count.name)
    )
    return tuple(sorted(found, key=lambda each: (each.table, each.column)))


def _effects(resolved: ResolvedDesign, entity: Entity, action: Action) -> list[ColumnChange]:
    changes = []
    for path, text in entity.effects.get(action, {}).items():
        relation, _, name = path.partition(".")
        item = entity.fields[relation]
        target = resolved.design.entities[item.to or ""]
        row = "OLD" if action == "delete" else "NEW"
        tree = resolved.value(entity, text, row).sql.transform(_own_column, relation)
        changes.append(ColumnChange(target.table, target.fields[name].column, item.column, sql_text(tree)))
    return changes


def _own_column(node: exp.Expr, relation: str) -> exp.Expr:
    """Return `stock` for the subquery that reads `product.stock`: the row being changed is that product."""
    hop = node.meta.get("hop") if isinstance(node, exp.Subquery) else None
    return exp.column(node.this.expressions[0].name) if hop and hop[1] == relation else node
