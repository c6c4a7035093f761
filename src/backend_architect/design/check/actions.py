"""An action can be done: its states, what it takes, what it needs and what it sets exist and fit each other."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import ACTIONS, IMPLIED_FIELDS, Entity, Field, FieldType, RowAction
from backend_architect.design.names import words
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.states import set_field, starting_states
from backend_architect.design.wording import a, a_type
from backend_architect.errors import Problem

TAKEN_VERBS = frozenset({*ACTIONS, "new", "make"})
"""Verbs whose functions every slice and its tests have already."""

TAKEN_CODES = frozenset({"wrong_state", "same_row", "conflict", "forbidden", "not_found"})
"""What an action answers with by itself."""


def check_actions(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield what is wrong with each action."""
    for entity in loaded.design.entities.values():
        for action in entity.actions.values():
            path = f"entities.{entity.name}.actions.{action.name}"
            yield from _names(loaded, entity, action, path)
            yield from _states(loaded, entity, action, path)
            yield from _stored(loaded, entity, action, path)
            yield from _taken(loaded, entity, action, path)
            yield from _set(loaded, entity, action, path)
            yield from _idle(loaded, entity, action, path)


def _names(loaded: LoadedDesign, entity: Entity, action: RowAction, path: str) -> Iterator[Problem]:
    if action.name in TAKEN_VERBS:
        fix = f"choose another verb, such as `{action.name}_{entity.name}`"
        if action.name in ACTIONS:
            fix = f"write the rule in `allow.{action.name}`, or choose another verb"
        yield loaded.problem("reserved-word", path, f"every entity has `{action.name}` by another way", fix)
    for name in action.needs:
        if name in TAKEN_CODES:
            message = f"an action answers with the code `{name.replace('_', '-')}` by itself"
            yield loaded.problem("reserved-word", f"{path}.needs.{name}", message, "name what is missing")


def _states(loaded: LoadedDesign, entity: Entity, action: RowAction, path: str) -> Iterator[Problem]:
    state = entity.state
    if sum(item.is_state for item in entity.fields.values()) > 1:
        return  # another check says so
    if state is None:
        for key in [*(["from"] if action.from_states else []), *(["to"] if action.to else [])]:
            message = f"{a(words(entity.name))} has no states"
            fix = "add a field of states: `state: {states: [draft, placed], final: [placed]}`"
            yield loaded.problem("no-states", f"{path}.{key}", message, fix)
        return
    named = [(_place(loaded, path, n), name) for n, name in enumerate(action.from_states)]
    for where, name in [*named, *([(f"{path}.to", action.to)] if action.to else [])]:
        if name not in state.choices:
            message = f"`{name}` is no state of {a(words(entity.name))}"
            yield loaded.problem("unknown-value", where, message, did_you_mean(name, state.choices))
    for where, name in named:
        if name in (state.final or ()) and action.to:
            message = f"`{name}` is final, and this leads out of it"
            yield loaded.problem("leaves-final-state", where, message, "remove it here, or from `final`")
        elif name == action.to:
            message = f"a row that is `{name}` already would become `{name}`"
            fix = "remove it from `from`, or remove `to` where the state stays as it is"
            yield loaded.problem("same-state", where, message, fix)
    yield from _never(loaded, entity, action, path)


def _place(loaded: LoadedDesign, path: str, n: int) -> str:
    return f"{path}.from.{n}" if f"{path}.from.{n}" in loaded.places else f"{path}.from"


def _never(loaded: LoadedDesign, entity: Entity, action: RowAction, path: str) -> Iterator[Problem]:
    """Yield the rule and the conditions that contradict a state in which the action is to be done."""
    from backend_architect.design.expressions import resolve_rule, taken_row  # noqa: PLC0415
    from backend_architect.design.rule_evaluation import ME, KnownFacts, truth  # noqa: PLC0415
    from backend_architect.design.syntax import ExpressionError  # noqa: PLC0415

    state, takes = entity.state, taken_row(entity, action)
    assert state is not None
    roles = frozenset(loaded.design.auth.roles if loaded.design.auth else ())
    rules = [(f"{path}.allow", action.allow)] + [(f"{path}.needs.{n.name}", n.rule) for n in action.needs.values()]
    for where, text in rules:
        try:
            tree = resolve_rule(loaded.design, entity, text, takes=takes)
        except (ExpressionError, RecursionError):
            continue
        if action.allow.strip() == text.strip() == "nobody":
            continue
        for name in starting_states(entity, action):
            facts = [KnownFacts(ME, each, {entity.table: {state.column: name}}) for each in (roles, frozenset[str]())]
            if not any(True in truth(tree, known) for known in facts):
                message = f"this never holds while {a(words(entity.name))} is `{name}`, from where the action leads"
                fix = f"remove `{name}` from `from`, or leave the state out of the rule: `from` says it"
                yield loaded.problem("contradicts-from", where, message, fix)
                break


def _stored(loaded: LoadedDesign, entity: Entity, action: RowAction, path: str) -> Iterator[Problem]:
    for n, name in enumerate(action.stores):
        where, item = f"{path}.takes.{n}", entity.fields.get(name)
        if name in action.stores[:n]:
            yield loaded.problem("duplicate-name", where, f"`{name}` is given twice", "keep one")
        elif item and item.is_state:
            message = "a client does not send the state: the action says it"
            yield loaded.problem("takes-state", where, message, "write `to`, and remove it here")
        elif item and item.set == "me":
            message = f"the server sets `{name}`, so that no client can forge it"
            yield loaded.problem("accepts-set-field", where, message, "remove it here, or remove its `set`")
        elif item and item.type is FieldType.FILE:
            message = f"`{name}` is a file, which only `create` and `update` take"
            yield loaded.problem("not-taken", where, message, "take it in an update")
        elif item is None and (name in (*entity.counts, *entity.computed, *IMPLIED_FIELDS)):
            yield loaded.problem("accepts-derived", where, f"`{name}` is made by the server", "remove it")
        elif item is None:
            message = f"`{name}` is no field of {entity.name}"
            fix = did_you_mean(
                name, tuple(entity.fields), otherwise=f"write {{{name}: text}} for a value of the action"
            )
            yield loaded.problem("unknown-name", where, message, fix)


def _taken(loaded: LoadedDesign, entity: Entity, action: RowAction, path: str) -> Iterator[Problem]:
    from backend_architect.design.expressions import members  # noqa: PLC0415  (parses SQL)

    for name, item in action.takes.items():
        where = f"{path}.takes.{name}"
        if name in members(entity) or name in (*entity.counts, *entity.computed):
            message = f"`{name}` is a name of {entity.name} already, and an expression could mean either"
            fix = f"write `takes: [{name}]` to store what is sent" if name in entity.fields else "rename it"
            yield loaded.problem("duplicate-name", where, message, fix)
        elif item.is_state or item.type is FieldType.FILE or item.type is FieldType.JSON:
            message = (
                f"an action takes no {a_type(item.type).partition(' ')[2]}"
                if not item.is_state
                else "states are the row's"
            )
            yield loaded.problem("not-taken", where, message, "write another type, such as `text` or `one_of`")
        elif item.is_reference and item.to not in loaded.design.entities:
            message = f"`{item.to}` is no entity"
            fix = did_you_mean(item.to or "", tuple(loaded.design.entities))
            yield loaded.problem("unknown-entity", f"{where}.to", message, fix)
        else:
            yield from _not_of_input(loaded, item, where)


def _not_of_input(loaded: LoadedDesign, item: Field, where: str) -> Iterator[Problem]:
    for key, given in (("set", item.set), ("read", item.read), ("unique", item.unique), ("show", item.show)):
        if given:
            message = f"`{key}` belongs to a stored field, and this is only taken"
            yield loaded.problem("not-taken", f"{where}.{key}", message, "remove the key")


def _set(loaded: LoadedDesign, entity: Entity, action: RowAction, path: str) -> Iterator[Problem]:
    for target in action.sets:
        where = f"{path}.set.{target}"
        _, dot, name = target.partition(".")
        item = set_field(loaded.design, entity, action, target)
        if item is None:
            yield _unknown_target(loaded, entity, action, where, target)
        elif item.is_state and not dot:
            yield loaded.problem("sets-state", where, "the state is set by `to`", "write `to`, and remove this line")
        elif not dot and target in action.stores:
            message = f"`{target}` is what the client sends, and is set here too"
            yield loaded.problem("duplicate-name", where, message, "remove it from `takes` or from `set`")
        elif dot and name in {"id", *IMPLIED_FIELDS}:
            yield loaded.problem("accepts-derived", where, f"`{name}` is made by the server", "remove it")


def _unknown_target(loaded: LoadedDesign, entity: Entity, action: RowAction, where: str, target: str) -> Problem:
    relation, dot, name = target.partition(".")
    if not dot:
        if target in (*entity.counts, *entity.computed, *IMPLIED_FIELDS):
            return loaded.problem("accepts-derived", where, f"`{target}` is made by the server", "remove it")
        fix = did_you_mean(target, tuple(entity.fields))
        return loaded.problem("unknown-name", where, f"`{target}` is no field of {entity.name}", fix)
    references = {**{f.name: f for f in entity.references}, **{n: f for n, f in action.takes.items() if f.is_reference}}
    if relation not in references:
        message = f"`{relation}` is no relation of {entity.name}"
        return loaded.problem("unknown-name", where, message, did_you_mean(relation, tuple(references)))
    related = loaded.design.entities.get(references[relation].to or "")
    known = tuple(related.fields) if related else ()
    return loaded.problem("unknown-name", where, f"`{name}` is no stored field there", did_you_mean(name, known))


def _idle(loaded: LoadedDesign, entity: Entity, action: RowAction, path: str) -> Iterator[Problem]:
    has_event = any(e.plural == entity.plural and e.action == action.name for e in loaded.design.events)
    if not (action.to or action.stores or action.sets or has_event):
        message = "this changes nothing, and no event follows it"
        yield loaded.problem("idle-action", path, message, "write `to`, `takes` or `set`, or name it in `events`")
