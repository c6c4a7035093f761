"""An effect changes a number of a related row, and what it was computed from stays as it was."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import NUMERIC, Entity
from backend_architect.design.names import words
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.states import changed_by_action
from backend_architect.design.wording import a, a_type
from backend_architect.errors import Problem

TRIGGER_VARIABLES = frozenset(
    {
        *("found", "new", "old", "tg_argv", "tg_event", "tg_level", "tg_name", "tg_nargs", "tg_op", "tg_relid"),
        *("tg_relname", "tg_table_name", "tg_table_schema", "tg_tag", "tg_when"),
    }
)
"""What a trigger's function has for itself."""


def check_effects(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unknown-name`, `effect-not-numeric`, `action-not-allowed`, `updates-effect-field` and wrong values."""
    for entity in loaded.design.entities.values():
        for action, changes in entity.effects.items():
            path = f"entities.{entity.name}.effects.{action}"
            if action not in entity.allow:
                message = f"nobody may {action} {a(words(entity.name))}, so this never happens"
                yield loaded.problem("action-not-allowed", path, message, f"allow `{action}`, or remove the effect")
            for target, text in changes.items():
                wrong_target = _target(loaded, entity, f"{path}.{target}", target)
                problem = wrong_target or _value(loaded, entity, f"{path}.{target}", text)
                if problem:
                    yield problem
        yield from _updated_fields(loaded, entity)


def _target(loaded: LoadedDesign, entity: Entity, path: str, target: str) -> Problem | None:
    relation, _, name = target.partition(".")
    item = entity.fields.get(relation)
    if item is None or not item.is_reference:
        known = tuple(reference.name for reference in entity.references)
        message = f"`{relation}` is no relation of {entity.name}"
        return loaded.problem("unknown-name", path, message, did_you_mean(relation, known))
    related = loaded.design.entities.get(item.to or "")
    if related is None:
        return None
    numbers = tuple(f.name for f in related.fields.values() if f.type in NUMERIC)
    if name not in related.fields:
        message = f"`{name}` is no stored field of {related.name}"
        return loaded.problem("unknown-name", path, message, did_you_mean(name, numbers))
    if name not in numbers:
        kind = a_type(related.fields[name].type)
        message = f"an effect changes a number, and `{name}` of {related.name} is {kind}"
        return loaded.problem("effect-not-numeric", path, message, did_you_mean(name, numbers))
    if name in TRIGGER_VARIABLES:
        message = f"PostgreSQL's triggers have a variable `{name}`, so none of them can change a field of that name"
        fix = f"rename the field, such as `{related.name}_{name}`"
        return loaded.problem("reserved-word", path, message, fix)
    return None


def _value(loaded: LoadedDesign, entity: Entity, path: str, text: str) -> Problem | None:
    from backend_architect.design.expressions import resolve_value  # noqa: PLC0415  (parses SQL, and most designs have no effects)
    from backend_architect.design.operators import said  # noqa: PLC0415
    from backend_architect.design.syntax import ExpressionError  # noqa: PLC0415

    try:
        kind = said(resolve_value(loaded.design, entity, text))
    except ExpressionError as error:
        return loaded.problem(error.code, path, error.message, error.fix)
    if kind == "number":
        return None
    return loaded.problem("type-mismatch", path, f"an effect sets a number, and this is {a(kind)}", "write a number")


def _updated_fields(loaded: LoadedDesign, entity: Entity) -> Iterator[Problem]:
    used = _names_used(entity)
    for action in entity.actions.values() if used else ():
        for of, name in sorted(changed_by_action(entity, action)):
            if of == entity.name and name in used:
                path = f"entities.{entity.name}.actions.{action.name}"
                message = f"this changes `{name}` and would not carry its effect on the related row"
                fix = f"leave `{name}` as it is, or change the related row in `set` instead of in `effects`"
                yield loaded.problem("updates-effect-field", path, message, fix)
    if "update" not in entity.allow or not entity.effects:
        return
    stated = entity.accepts.get("update")
    for n, item in enumerate(entity.accepted("update")):
        if item.name in used:
            path = f"entities.{entity.name}." + ("allow.update" if stated is None else f"accepts.update.{n}")
            message = f"an update of `{item.name}` would not carry its effect on the related row"
            fix = f"leave `{item.name}` out of `accepts.update`; delete the {words(entity.name)} and create another"
            yield loaded.problem("updates-effect-field", path, message, fix)


def _names_used(entity: Entity) -> set[str]:
    """Return the names that stand in the effects: the relation in a target, and every name in a value."""
    import sqlglot  # noqa: PLC0415
    from sqlglot import exp  # noqa: PLC0415
    from sqlglot.errors import SqlglotError  # noqa: PLC0415

    names: set[str] = set()
    for changes in entity.effects.values():
        for target, text in changes.items():
            names.add(target.partition(".")[0])
            try:
                tree = sqlglot.parse_one(text, dialect="postgres")
            except SqlglotError:
                continue
            names |= {column.parts[0].name for column in tree.find_all(exp.Column)}
    return names
