"""Whose things a design keeps apart: what a person outside a team sees of it, and what a role sees of every team."""

from collections.abc import Iterator, Mapping

from backend_architect.design.expressions import resolve_rule
from backend_architect.design.model import Design, Row
from backend_architect.design.truth import ME, OTHER, Facts, truth

MOST_HOPS = 12


def not_kept_apart(design: Design, team: str) -> tuple[str, ...]:
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
        if _may_read(design, row, frozenset()) or (_may_read(design, row, roles) and not _leads_to(design, row, team))
    )


def roles_across(design: Design, team: str) -> tuple[str, ...]:
    """Return the roles whose holders see rows of every `team`, without being a member of it."""
    roles = design.auth.roles if design.auth else ()
    owned = [row for row in design.rows_by_plural.values() if row.name == team or _leads_to(design, row, team)]
    return tuple(role for role in roles if any(_is_let_in(design, row, role) for row in owned))


def _is_let_in(design: Design, row: Row, role: str) -> bool:
    return _may_read(design, row, frozenset({role})) and not _may_read(design, row, frozenset())


def _may_read(design: Design, row: Row, roles: frozenset[str]) -> bool:
    """Tell whether somebody who made nothing of it, and is in no team, may see a row."""
    tree = resolve_rule(design, row, row.allow.get("read", "nobody"))
    related = dict(_related(design, row, row.table, 0))
    return True in truth(tree, Facts(ME, roles, {row.table: _owners(design, row)}, related, edges=False))


def _owners(design: Design, row: Row) -> Mapping[str, object]:
    """Return the columns that name people, each somebody else; all that is not said may be anything."""
    account = design.account.name if design.account else ""
    people: dict[str, object] = {item.column: OTHER for item in row.references if item.to == account}
    return people | ({"id": OTHER} if row.name == account else {})


def _related(design: Design, row: Row, alias: str, hops: int) -> Iterator[tuple[tuple[str, str], Mapping[str, object]]]:
    for item in row.references:
        target = design.entities.get(item.to or "")
        if target and target is not row and hops < MOST_HOPS:
            yield (alias, item.name), _owners(design, target)
            yield from _related(design, target, item.name, hops + 1)


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
