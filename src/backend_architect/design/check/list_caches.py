"""An answer that is kept is the same for everybody: a list that needs a caller has none to keep."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.errors import Problem


def check_list_caches(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `cached-for-caller` for each cached list that nobody gets without signing in."""
    design = loaded.design
    for spec in design.lists:
        entity = design.entities.get(spec.of)
        if spec.cache_seconds is None or entity is None or design.auth is None:
            continue
        if _for_callers_only(loaded, spec.allow, None) or _for_callers_only(loaded, spec.where, entity.name):
            message = f"`{spec.name}` is kept as one answer for everybody, and only those who have signed in get it"
            fix = "remove `cache`, or open the list to `anyone` with a `where` that holds without a caller"
            yield loaded.problem("cached-for-caller", f"lists.{spec.name}.cache", message, fix)


def _for_callers_only(loaded: LoadedDesign, rule: str | None, entity: str | None) -> bool:
    """Return whether a rule never holds without a caller; what cannot be read is another check's."""
    from backend_architect.design.rule_evaluation import needs_caller  # noqa: PLC0415
    from backend_architect.design.syntax import ExpressionError  # noqa: PLC0415  (parses SQL, and most have no cache)

    if not rule:
        return False
    try:
        return needs_caller(loaded.design, loaded.design.entities[entity] if entity else None, rule)
    except ExpressionError:
        return False
