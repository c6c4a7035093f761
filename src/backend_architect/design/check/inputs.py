"""What a client may send exists, is the client's to send, and belongs to an action that exists."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import AFTER_UPDATE, IMPLIED_FIELDS, Action, Entity
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.wording import a
from backend_architect.errors import Problem


def check_inputs(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unknown-name`, `accepts-set-field`, `accepts-derived`, `duplicate-name` and `action-not-allowed`."""
    for entity in loaded.design.entities.values():
        if AFTER_UPDATE in entity.allow and "update" not in entity.allow:
            path = f"entities.{entity.name}.allow.{AFTER_UPDATE}"
            message = f"nobody may update {a(entity.name)}, so this is never asked"
            yield loaded.problem("action-not-allowed", path, message, "allow `update`, or remove this line")
        for action, names in entity.accepts.items():
            path = f"entities.{entity.name}.accepts.{action}"
            if action not in entity.allow and not (action == "create" and entity is loaded.design.account):
                message = f"nobody may {action} {a(entity.name)}, so nothing is accepted"
                yield loaded.problem("action-not-allowed", path, message, f"allow `{action}`, or remove this line")
            for n, name in enumerate(names):
                problem = _one(loaded, entity, action, n)
                if problem:
                    yield problem
                elif name in names[:n]:
                    yield loaded.problem("duplicate-name", f"{path}.{n}", f"`{name}` is given twice", "keep one")


def _one(loaded: LoadedDesign, entity: Entity, action: Action, n: int) -> Problem | None:
    name, path = entity.accepts[action][n], f"entities.{entity.name}.accepts.{action}.{n}"
    item = entity.fields.get(name)
    if item and item.set is not None:
        message = f"the server sets `{name}`, so that no client can forge it"
        return loaded.problem("accepts-set-field", path, message, "remove it here, or remove its `set`")
    if item:
        return None
    if name in entity.counts or name in entity.computed or name in IMPLIED_FIELDS:
        message = f"`{name}` is made by the server"
        return loaded.problem("accepts-derived", path, message, "remove it")
    relation = entity.fields.get(name.removesuffix("_id"))
    if relation and relation.is_reference:
        return loaded.problem("unknown-name", path, f"`{name}` is a column", f"write the relation: `{relation.name}`")
    fix = did_you_mean(name, tuple(entity.fields))
    return loaded.problem("unknown-name", path, f"`{name}` is no field of {entity.name}", fix)
