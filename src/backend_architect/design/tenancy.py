"""Whose things a design keeps apart: what a person outside a team sees of it, and what a role sees of every team."""

from backend_architect.design.model import Action, Design, Row
from backend_architect.design.stranger_access import maker_may, stranger_may_read

ON_A_ROW: tuple[Action, ...] = ("read", "update", "delete")


def not_isolated(design: Design, team: str) -> tuple[str, ...]:
    """Return the plurals of the rows that others than their owner and the members of the owner's `team` may see.

    Those are what anybody may read, and what a role may read of rows that belong to no team at all. People are not
    counted: they may be in several teams.
    """
    roles = frozenset(design.auth.roles if design.auth else ())
    things = [row for row in design.rows_by_plural.values() if row is not design.account]
    readable = [row for row in things if row.allow.get("read", "nobody") != "nobody"]
    return tuple(
        row.plural
        for row in readable
        if stranger_may_read(design, row)
        or (stranger_may_read(design, row, roles) and not _leads_to(design, row, team))
    )


def roles_across(design: Design, team: str) -> tuple[str, ...]:
    """Return the roles whose holders see rows of every `team`, without being a member of it."""
    roles = design.auth.roles if design.auth else ()
    owned = [row for row in design.rows_by_plural.values() if row.name == team or _leads_to(design, row, team)]
    return tuple(role for role in roles if any(_is_let_in(design, row, role) for row in owned))


def left_with_access(design: Design, team: str) -> tuple[str, ...]:
    """Return the plurals of the rows of a `team` that whoever made them still reads or changes after they left it."""
    things = [row for row in design.entities.values() if row is not design.account and row.name != team]
    held = [row for row in things if _leads_to(design, row, team)]
    return tuple(row.plural for row in held if any(maker_may(design, row, action, team) for action in ON_A_ROW))


def _is_let_in(design: Design, row: Row, role: str) -> bool:
    return stranger_may_read(design, row, frozenset({role})) and not stranger_may_read(design, row)


def _leads_to(design: Design, row: Row, team: str) -> bool:
    """Tell whether relations lead from a row to the team that it belongs to; people belong to none."""
    account = design.account.name if design.account else ""
    seen, ahead = {row.name, account}, [row]
    while ahead:
        for item in ahead.pop().references:
            if item.to == team:
                return True
            if item.to and item.to not in seen and item.to in design.entities:
                seen.add(item.to)
                ahead.append(design.entities[item.to])
    return False
