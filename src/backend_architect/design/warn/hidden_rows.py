"""Counts and computed values tell nothing of rows that the caller may not read, or the design says so."""

from collections.abc import Iterator

from sqlglot import exp

from backend_architect.design.expressions import resolve_value
from backend_architect.design.hidden import known_rules, rule_or_none
from backend_architect.design.implication import implies
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Edge, Entity, Row
from backend_architect.design.related_rules import children_are_readable, parent_is_readable
from backend_architect.design.syntax import conjuncts
from backend_architect.errors import Problem


def warn_hidden_rows(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `counts-hidden-rows` and `computes-hidden-rows`."""
    for entity in loaded.design.entities.values():
        yield from _counts(loaded, entity)
        yield from _computed(loaded, entity)


def _counts(loaded: LoadedDesign, entity: Entity) -> Iterator[Problem]:
    for count in entity.counts.values():
        source = loaded.design.rows_by_plural[count.source]
        if _is_only_counted(source) or children_are_readable(loaded.design, entity, source, source.fields[count.via]):
            continue
        message = (
            f"`{count.name}` counts all {source.plural}, also those that the reader of the {entity.name} may not see"
        )
        path = f"entities.{entity.name}.counts.{count.name}"
        fix = f"let `{source.name}` be read by all who read its `{count.via}`, remove the count, or confirm it"
        yield loaded.warning("counts-hidden-rows", path, message, fix)


def _is_only_counted(source: Row) -> bool:
    """Return whether nobody reads rows of an edge by themselves: a like is there to be counted."""
    return isinstance(source, Edge) and "read" not in source.allow


def _computed(loaded: LoadedDesign, entity: Entity) -> Iterator[Problem]:
    for name, computed in entity.computed.items():
        tree = resolve_value(loaded.design, entity, computed.sql).sql
        plurals = dict.fromkeys(row.plural for row in _hidden_sources(loaded, entity, tree))
        for plural in plurals:
            message = (
                f"`{name}` is made from {plural}, also from those that the reader of the {entity.name} may not see"
            )
            fix = "let its condition rest on what the caller may read, or confirm it"
            path = f"entities.{entity.name}.computed.{name}"
            yield loaded.warning("computes-hidden-rows", path, message, fix)


def _hidden_sources(loaded: LoadedDesign, entity: Entity, tree: exp.Expr) -> Iterator[Row]:
    """Yield the rows that an expression looks into, and whose read rules its own conditions do not hold."""
    design = loaded.design
    for select in tree.find_all(exp.Select):
        table, where = select.args["from_"].this, select.args["where"].this
        row = design.rows_by_plural[table.name]
        wanted = rule_or_none(design, row, row.allow.get("read"), table.alias_or_name)
        known = [where, *known_rules(design, entity, entity.allow.get("read"))]
        if _is_only_counted(row) or (wanted is not None and implies(known, wanted)):
            continue
        if not _is_tied(loaded, entity, row, select):
            yield row


def _is_tied(loaded: LoadedDesign, entity: Entity, row: Row, select: exp.Select) -> bool:
    """Return whether a relation between the two rows, by which the condition goes, makes the rows readable."""
    alias = select.args["from_"].this.alias_or_name
    for part in conjuncts(select.args["where"].this):
        if not isinstance(part, exp.EQ):
            continue
        for here, there in ((part.left, part.right), (part.right, part.left)):
            if not (isinstance(here, exp.Column) and isinstance(there, exp.Column)):
                continue
            if (there.table, there.name) == (entity.table, "id") and here.table == alias:
                via = next((item for item in row.references if item.column == here.name), None)
                if via and children_are_readable(loaded.design, entity, row, via):
                    return True
            if (here.table, here.name) == (alias, "id") and there.table == entity.table:
                via = next((item for item in entity.references if item.column == there.name), None)
                if via and parent_is_readable(loaded.design, entity, via):
                    return True
    return False
