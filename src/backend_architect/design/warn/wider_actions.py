"""Who may change or delete a row may also read it, or the design says so."""

from collections.abc import Iterator

from backend_architect.design.hidden import rule_or_none
from backend_architect.design.implication import implies, sides
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Action, Design, Entity
from backend_architect.design.related_rules import required_rows
from backend_architect.design.syntax import parse, shorten
from backend_architect.errors import Problem

SEEN: dict[Action, str] = {
    "update": "the answer to an update shows the row",
    "delete": "the status of a delete tells that the row is there",
}


def warn_wider_actions(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `action-wider-than-read` for updates and deletes."""
    for entity in loaded.design.entities.values():
        if "read" not in entity.allow:
            continue
        for action, seen in SEEN.items():
            wider = _wider(loaded.design, entity, action)
            if wider:
                path = f"entities.{entity.name}.allow.{action}"
                message = f"`{wider}` may {action} rows that the read rule hides from them: {seen}"
                fix = (
                    f"write `({entity.allow[action]}) and ({entity.allow['read']})`, widen the read rule, or confirm it"
                )
                yield loaded.warning("action-wider-than-read", path, message, fix)


def _wider(design: Design, entity: Entity, action: Action) -> str:
    """Return the parts of an action's rule, of those joined by `or`, that do not lead to the read rule."""
    text = entity.allow.get(action)
    read = rule_or_none(design, entity, entity.allow.get("read"))
    if text is None or read is None:
        return ""
    required = required_rows(design, entity)
    trees = [(part, rule_or_none(design, entity, part.sql("postgres"))) for part in sides(parse(text))]
    return " or ".join(
        shorten(part) for part, tree in trees if tree is not None and not implies([tree, *required], read)
    )
