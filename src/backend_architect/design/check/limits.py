"""A limit limits something that exists."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import ACTIONS, Entity, Limit
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.wording import a
from backend_architect.errors import Problem


def check_limits(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unknown-name`, `action-not-allowed` and `needs-auth`."""
    design = loaded.design
    for limit in design.limits:
        path = f"limits.{limit.target}"
        if limit.per == "user" and design.auth is None:
            yield loaded.problem("needs-auth", path, "there are no users without `auth`", "write `per ip`")
        if limit.target == "sign_in" and design.auth is None:
            yield loaded.problem(
                "needs-auth", path, "nobody signs in without `auth`", "add `auth`, or remove the limit"
            )
        elif limit.target not in {"sign_in", "everything"}:
            problem = _target(loaded, limit, path)
            if problem:
                yield problem


def _target(loaded: LoadedDesign, limit: Limit, path: str) -> Problem | None:
    design = loaded.design
    lists = tuple(spec.name for spec in design.lists)
    plural, dot, action = limit.target.partition(".")
    row = design.rows_by_plural.get(plural)
    if not dot:
        fix = did_you_mean(limit.target, ("sign_in", "everything", *lists))
        message = f"`{limit.target}` is no list, and not sign_in or everything"
        return None if limit.target in lists else loaded.problem("unknown-name", path, message, fix)
    if row is None:
        fix = did_you_mean(plural, tuple(design.rows_by_plural))
        return loaded.problem("unknown-name", path, f"`{plural}` is no plural of an entity or edge", fix)
    actions = tuple(row.actions) if isinstance(row, Entity) else ()
    if action not in (*row.allow, *actions):
        message = f"nobody may {action} {a(row.name)}, so there is nothing to limit"
        fix = f"allow `{action}`, or remove the limit"
        if action not in ACTIONS:
            fix = did_you_mean(action, (*ACTIONS, *actions))
        return loaded.problem("action-not-allowed", path, message, fix)
    return None
