"""An update that may change a state can leave it, or the design says that it cannot."""

from collections.abc import Iterator

from sqlglot import exp

from backend_architect.design.hidden import rule_or_none
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import AFTER_UPDATE, Entity
from backend_architect.design.syntax import conjuncts
from backend_architect.errors import Problem


def warn_kept_states(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `update-keeps-value` for a field that an update accepts, and whose one value its rule demands."""
    for entity in loaded.design.entities.values():
        if "update" not in entity.allow or AFTER_UPDATE in entity.allow:
            continue
        tree = rule_or_none(loaded.design, entity, entity.allow["update"])
        accepted = {item.column for item in entity.accepted("update")}
        for name, value in _demanded(entity, tree):
            if name in accepted:
                path = f"entities.{entity.name}.allow.update"
                message = (
                    f"the rule holds of the row before and after, so that no update can change `{name}` from {value}"
                )
                fix = "say in `after_update` what the row may become, or leave the field out of `accepts.update`"
                yield loaded.warning("update-keeps-value", path, message, fix)


def _demanded(entity: Entity, tree: exp.Expr | None) -> Iterator[tuple[str, str]]:
    """Give the columns that a rule holds equal to a literal, or to true or false, in each row."""
    for part in conjuncts(tree) if tree is not None else []:
        negated = isinstance(part, exp.Not)
        inner = part.this if negated else part
        if isinstance(inner, exp.Column) and inner.table == entity.table:
            yield inner.name, str(not negated).lower()
        if isinstance(inner, exp.EQ) and not negated and isinstance(inner.expression, exp.Literal):
            column = inner.this
            if isinstance(column, exp.Column) and column.table == entity.table:
                yield column.name, inner.expression.sql("postgres")
