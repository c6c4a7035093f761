"""Every expression is SQL that the design can carry out: its names exist, its types fit, a rule is true or false."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.design.check.paths import fields_with_paths, rows_with_paths
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Design, Entity, Field, Row, RowAction
from backend_architect.design.states import set_field, set_text
from backend_architect.design.wording import a
from backend_architect.errors import Problem

REPORTED_ELSEWHERE = frozenset({"unknown-entity", "unknown-count"})
"""What the checks of relations and counts say already, at the place where it is wrong."""


@dataclass(frozen=True, slots=True)
class WrittenExpression:
    """One expression of the file. `wants` is the type it must have; `own` keeps it to the row's stored fields.

    `takes` is what the action that it belongs to takes.
    """

    path: str
    row: Row | None
    text: str
    wants: str = "boolean"
    own: bool = False
    takes: Entity | None = None

    @property
    def name(self) -> str:
        """The name by which other expressions use this one: that of a rule or computed field."""
        *_, part, name = ["", "", *self.path.split(".")]
        return name if part in {"rules", "computed"} else ""


def check_expressions(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield what resolving each expression finds, once: a wrong rule is not told again where it is used."""
    blamed: dict[str, set[str]] = {}
    for written in _used_first(list(expressions_of(loaded.design))):
        problem = _problem(loaded, written)
        if problem is None:
            continue
        names = blamed.setdefault(_same_fault(problem), set())
        if names & set(_WORD.findall(written.text)) and not written.own:
            names.add(written.name)
            continue
        names.add(written.name)
        yield problem


_WORD = re.compile(r"[a-z][a-z0-9_]*")


def _used_first(all_written: list[WrittenExpression]) -> list[WrittenExpression]:
    """Return the expressions with those first that use few rules, so that a fault is told where it arises."""
    names = {written.name for written in all_written if written.name}
    return sorted(all_written, key=lambda written: len(names & set(_WORD.findall(written.text))))


def _same_fault(problem: Problem) -> str:
    if problem.code != "rules-in-a-circle":
        return problem.message
    return " ".join(sorted(set(re.findall(r"[a-z0-9_.]+", problem.message.rpartition(":")[2]))))


def expressions_of(design: Design) -> Iterator[WrittenExpression]:
    """Return every expression of a design; what others use comes first."""
    for path, row in rows_with_paths(design):
        yield from _named(path, row)
    for path, row in rows_with_paths(design):
        yield from (WrittenExpression(f"{path}.allow.{action}", row, text) for action, text in row.allow.items())
    for path, row, item in fields_with_paths(design):
        yield from _of_field(path, row, item)
    for entity in design.entities.values():
        for action in entity.actions.values():
            yield from _of_action(design, f"entities.{entity.name}.actions.{action.name}", entity, action)
    for name, edge in design.edges.items():
        yield from (
            WrittenExpression(f"edges.{name}.set.{side.name}", edge, side.set, "uuid") for side in edge.pair if side.set
        )
    yield from _of_routes(design)


def _named(path: str, row: Row) -> Iterator[WrittenExpression]:
    yield from (WrittenExpression(f"{path}.rules.{name}", row, text) for name, text in row.rules.items())
    if not isinstance(row, Entity):
        return
    for name, computed in row.computed.items():
        wants = _expression_type(Field(name, computed.type))
        yield WrittenExpression(f"{path}.computed.{name}", row, computed.sql, wants)
    for name, text in row.constraints.items():
        yield WrittenExpression(f"{path}.constraints.{name}", row, text, own=True)


def _of_field(path: str, row: Row, item: Field) -> Iterator[WrittenExpression]:
    if item.set is not None:
        yield WrittenExpression(f"{path}.set", row, item.set, _expression_type(item))
    if item.read is not None:
        yield WrittenExpression(f"{path}.read", row, item.read)


def _of_action(design: Design, path: str, row: Entity, action: RowAction) -> Iterator[WrittenExpression]:
    from backend_architect.design.expressions import taken_row  # noqa: PLC0415

    takes = taken_row(row, action)
    yield WrittenExpression(f"{path}.allow", row, action.allow, takes=takes)
    for need in action.needs.values():
        where = f"{path}.needs.{need.name}" + (".rule" if need.message else "")
        yield WrittenExpression(where, row, need.rule, takes=takes)
    for target in action.sets:
        item, text = set_field(design, row, action, target), set_text(design, row, action, target)
        if item is not None:
            yield WrittenExpression(f"{path}.set.{target}", row, text, _expression_type(item), takes=takes)


def _of_routes(design: Design) -> Iterator[WrittenExpression]:
    for spec in design.lists:
        if spec.where is not None:
            entity = design.entities.get(spec.of)
            if entity:
                yield WrittenExpression(f"lists.{spec.name}.where", entity, spec.where)
        yield WrittenExpression(f"lists.{spec.name}.allow", None, spec.allow)
    for n, use in enumerate(design.custom):
        plural = use.path.split("/")[1].replace("-", "_")
        row = design.rows_by_plural.get(plural) if "{id}" in use.path else None
        yield WrittenExpression(f"custom.{n}.allow", row, use.allow)


def _expression_type(item: Field) -> str:
    from backend_architect.design.postgres_types import column_type  # noqa: PLC0415  (reading alone need not load it)

    return column_type(item)


def _problem(loaded: LoadedDesign, written: WrittenExpression) -> Problem | None:
    from backend_architect.design.expressions import resolve_rule, resolve_value  # noqa: PLC0415
    from backend_architect.design.operators import said, said_type  # noqa: PLC0415
    from backend_architect.design.postgres_types import can_be_stored  # noqa: PLC0415
    from backend_architect.design.syntax import ExpressionError  # noqa: PLC0415

    try:
        if written.wants == "boolean":
            tree = resolve_rule(loaded.design, written.row, written.text, takes=written.takes)
            return _beyond_the_row(loaded, written, tree) if written.own else None
        got = resolve_value(loaded.design, written.row, written.text, takes=written.takes)
    except ExpressionError as error:
        if error.code in REPORTED_ELSEWHERE:
            return None
        return loaded.problem(error.code, written.path, error.message, error.fix)
    except RecursionError:
        return loaded.problem("wrong-expression", written.path, "this is nested too deeply", "name its parts as rules")
    if written.text == "me" or can_be_stored(got.type, written.wants):
        return None
    message = f"this is {a(said(got))}, and the field holds {a(said_type(written.wants))}"
    return loaded.problem("type-mismatch", written.path, message, "give the field the type of its expression")


def _beyond_the_row(loaded: LoadedDesign, written: WrittenExpression, tree: object) -> Problem | None:
    from sqlglot import exp  # noqa: PLC0415

    outside = (exp.Select, exp.Placeholder, exp.CurrentTimestamp, exp.CurrentDate)
    if not isinstance(tree, exp.Expr) or tree.find(*outside) is None:
        return None
    message = "a constraint sees the stored fields of its own row only: no other rows, no caller, no clock"
    return loaded.problem("constraint-beyond-row", written.path, message, "say it in `allow`, which can see them")
