"""A delete that is refused because of a relation tells of that relation."""

from collections.abc import Iterator

from backend_architect.design.check.paths import fields_with_paths
from backend_architect.design.hidden import guard_of
from backend_architect.design.load import LoadedDesign
from backend_architect.design.wording import a
from backend_architect.errors import Problem


def warn_restricting_relations(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `delete-tells-hidden-relation`."""
    for path, row, item in fields_with_paths(loaded.design):
        target = loaded.design.entities.get(item.to or "")
        if target is None or item.on_delete != "restrict" or "delete" not in target.allow:
            continue
        if guard_of(loaded.design, row).hides(item.name):
            message = (
                f"deleting {a(target.name)} answers 409 while {a(row.name)} points to it by the hidden `{item.name}`"
            )
            fix = "choose `on_delete: set null` or `cascade`, or confirm it"
            yield loaded.warning("delete-tells-hidden-relation", path, message, fix)
