"""Relations point to entities that exist, and can let go of them as stated."""

from collections.abc import Iterator

from backend_architect.design.check.paths import fields_with_paths, references_with_paths
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import IMPLIED_FIELDS, Design, Field
from backend_architect.design.reading_result import did_you_mean
from backend_architect.errors import Problem


def check_references(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unknown-name` for targets and shown fields, and `set-null` where null is not allowed."""
    for path, _, item in references_with_paths(loaded.design):
        if item.to not in loaded.design.entities:
            yield loaded.problem("unknown-name", path, *_no_entity(loaded.design, item))
    for path, _, item in fields_with_paths(loaded.design):
        if item.on_delete == "set null" and not item.optional:
            message = f"`{item.name}` cannot become null when its target goes: it is not optional"
            fix = "add `optional: true`, or choose cascade or restrict"
            yield loaded.problem("set-null", f"{path}.on_delete", message, fix)
        yield from _shown(loaded, path, item)


def _no_entity(design: Design, item: Field) -> tuple[str, str]:
    name = str(item.to)
    by_plural = design.rows_by_plural.get(name)
    if by_plural:
        singular = f"write the singular: `{by_plural.name}`"
        return f"`{name}` is a plural, and a relation points to one", singular
    if name in design.edges:
        return f"`{name}` is an edge, and relations point to entities", "make it an entity if others point to it"
    return f"`{name}` is no entity", did_you_mean(name, tuple(design.entities))


def _shown(loaded: LoadedDesign, path: str, item: Field) -> Iterator[Problem]:
    target = loaded.design.entities.get(item.to or "")
    if target is None:
        return
    known = (*IMPLIED_FIELDS, *target.fields)
    for n, name in enumerate(item.show or ()):
        where = f"{path}.show.{n}"
        if name not in known:
            message = f"`{name}` is no field of {target.name}"
            yield loaded.problem("unknown-name", where, message, did_you_mean(name, known))
        elif name in target.fields and target.fields[name].read:
            message = f"`{name}` has a read rule of its own, which a nested answer would go around"
            yield loaded.problem("shows-guarded-field", where, message, "leave it out of `show`")
