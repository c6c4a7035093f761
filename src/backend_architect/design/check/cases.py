"""A check of the design asks what can be asked, and expects what can be answered."""

from collections.abc import Iterator

from backend_architect.design.check.defaults import why_not
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import IMPLIED_FIELDS, Action, Check, Design, Field, Row, Scalar
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.wording import a
from backend_architect.errors import Problem

STATUSES: dict[Action, frozenset[int]] = {
    "read": frozenset({200, 401, 404}),
    "create": frozenset({200, 201, 204, 401, 403, 404, 409, 422}),
    "update": frozenset({200, 401, 404, 409, 422}),
    "delete": frozenset({204, 401, 404, 409}),
}
"""What the built project answers: another's row is not found, and only the anonymous are asked to sign in."""


def check_cases(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `unknown-name`, `action-not-allowed`, `impossible-status`, `no-such-persona` and `wrong-given`."""
    for n, check in enumerate(loaded.design.checks):
        path = f"checks.{n}"
        yield from _persona(loaded, check, path)
        yield from _status(loaded, check, path)
        row = loaded.design.entities.get(check.target) or loaded.design.edges.get(check.target)
        if row is None:
            known = (*loaded.design.entities, *loaded.design.edges)
            message = f"`{check.target}` is no entity or edge"
            yield loaded.problem("unknown-name", f"{path}.{check.action}", message, did_you_mean(check.target, known))
            continue
        if check.action not in row.allow:
            message = f"{row.name} has no `{check.action}`, so there is no route to ask"
            fix = f"allow `{check.action}`, or remove the check"
            yield loaded.problem("action-not-allowed", f"{path}.{check.action}", message, fix)
        for dotted, value in check.given.items():
            yield from _given(loaded, row, f"{path}.given.{dotted}", (dotted, value))


def _persona(loaded: LoadedDesign, check: Check, path: str) -> Iterator[Problem]:
    auth = loaded.design.auth
    if check.persona != "anonymous" and auth is None:
        message = f"there is no {check.persona} without `auth`"
        yield loaded.problem("no-such-persona", f"{path}.as", message, "write `as: anonymous`, or add `auth`")
    elif check.persona == "moderator" and auth and not auth.roles:
        message = "there is no moderator: `auth` has no roles"
        yield loaded.problem("no-such-persona", f"{path}.as", message, "add `roles: [moderator]` to `auth`")


def _status(loaded: LoadedDesign, check: Check, path: str) -> Iterator[Problem]:
    possible = sorted(STATUSES[check.action])
    known = ", ".join(str(status) for status in possible)
    if check.expect not in possible:
        message = f"{check.action} never answers {check.expect}"
        yield loaded.problem("impossible-status", f"{path}.expect", message, f"it answers one of {known}")
    elif check.expect == 401 and check.persona != "anonymous":
        message = f"401 asks to sign in, and {a(check.persona)} has"
        yield loaded.problem(
            "impossible-status", f"{path}.expect", message, "expect 404, which hides what is not theirs"
        )


def _given(loaded: LoadedDesign, row: Row, path: str, given: tuple[str, Scalar]) -> Iterator[Problem]:
    dotted, value = given
    item, problem = _field_at(loaded.design, row, dotted)
    if problem:
        yield loaded.problem("unknown-name", path, *problem)
    elif item and not item.is_reference:
        said = why_not(item, value)
        if said:
            yield loaded.problem("wrong-given", path, *said)


def _field_at(design: Design, row: Row, dotted: str) -> tuple[Field | None, tuple[str, str] | None]:
    """Return the stored field that a dotted path leads to, or why there is none."""
    *hops, last = dotted.split(".")
    for hop in hops:
        item = row.fields.get(hop)
        if item is None or not item.is_reference:
            known = tuple(reference.name for reference in row.references)
            return None, (f"`{hop}` is no relation of {row.name}", did_you_mean(hop, known))
        target = design.entities.get(item.to or "")
        if target is None:
            return None, None
        row = target
    if last in row.fields or last in IMPLIED_FIELDS:
        return row.fields.get(last), None
    return None, (f"`{last}` is no field of {row.name}", did_you_mean(last, tuple(row.fields)))
