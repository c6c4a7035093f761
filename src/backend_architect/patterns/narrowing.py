"""A composed design with less allowed than before; nothing here lets anybody do more."""

import re
from collections.abc import Iterator

from backend_architect.design.names import plural_of
from backend_architect.patterns.merge import extended_rule
from backend_architect.patterns.pattern import Fragment

ACTIONS = ("read", "create", "update", "delete")


def rows_of(design: Fragment) -> Iterator[tuple[str, str, Fragment]]:
    """Yield the section, the name and the content of each entity and edge."""
    for section in ("entities", "edges"):
        yield from ((section, name, row) for name, row in design.get(section, {}).items())


def people_in(row: Fragment) -> list[str]:
    """Return the fields that hold who made a row."""
    if "pair" in row:
        return [name for name in row["pair"] if row.get("set", {}).get(name) == "me"]
    return [name for name, item in row.get("fields", {}).items() if isinstance(item, dict) and item.get("set") == "me"]


def mine(name: str, row: Fragment, account: str) -> str | None:
    """Return the rule by which a row is the caller's; None where nobody is told by it."""
    if name == account:
        return "id = me"
    if "mine" in row.get("rules", {}):
        return "mine"
    people = people_in(row)
    return " or ".join(f"{person} = me" for person in people) or None


def with_rule(design: Fragment, name: str, action: str, rule: str | None) -> Fragment:
    """Return the design with another rule for an action; None takes the action away.

    A read rule is changed where others lean on it, in `rules.visible`; lists of it are cached for nobody.
    """
    section, row = next((section, row) for section, found, row in rows_of(design) if found == name)
    allow = {key: text for key, text in row["allow"].items() if key != action or rule is not None}
    if action == "read" and rule is not None and "visible" in row.get("rules", {}):
        row = row | {"rules": row["rules"] | {"visible": rule}}
        allow["read"] = "visible"
    elif rule is not None:
        allow[action] = rule
    row = row | {"allow": allow}
    if rule is None:
        row = {key: _without(value, action) if key in {"accepts", "effects"} else value for key, value in row.items()}
        design = _without_action(design, row.get("plural") or plural_of(name), name, action)
    changed = design | {section: design[section] | {name: row}}
    return _without_cache(changed, name) if action == "read" else changed


def narrowed(rule: str, more: str) -> str:
    """Return a rule that holds where both do."""
    if rule in {"anyone", "signed_in", more} or rule.endswith(f" or {more}") or rule.startswith(f"{more} or "):
        return more
    holds = rule.endswith(f" and {more}") or rule.startswith(f"{more} and ")
    return rule if holds and " or " not in rule else str(extended_rule(rule, f"and {more}"))


def read_rule(row: Fragment) -> str:
    """Return the rule by which a row is read, as it is written."""
    rule: str = row["allow"].get("read", "nobody")
    seen = row.get("rules", {}).get("visible")
    if rule == "visible":
        return str(seen)
    return re.sub(r"(?<![\w.])visible(?![\w.])", lambda _: f"({seen})", rule) if seen else rule


def with_role(design: Fragment, role: str) -> Fragment:
    """Return the design with one more role."""
    auth = design.get("auth", {"account": "user", "sign_in": ["password"]})
    roles = [*auth.get("roles", ()), *([role] if role not in auth.get("roles", ()) else [])]
    return design | {"auth": auth | {"roles": roles}}


def _without_action(design: Fragment, plural: str, name: str, action: str) -> Fragment:
    """Return the design without what is said elsewhere of an action that is gone."""
    changed = dict(design)
    for section in ("limits", "events"):
        if section in design:
            changed[section] = _without(design[section], f"{plural}.{action}")
    if "checks" in design:
        changed["checks"] = [check for check in design["checks"] if check.get(action) != name]
    return {key: value for key, value in changed.items() if value or key not in {"limits", "events", "checks"}}


def _without(values: Fragment, key: str) -> Fragment:
    return {name: value for name, value in values.items() if name != key}


def _without_cache(design: Fragment, name: str) -> Fragment:
    """Return the design with no list of this entity kept for others than who asked."""
    lists = {
        title: {key: value for key, value in spec.items() if key != "cache" or spec["of"] != name}
        for title, spec in design.get("lists", {}).items()
    }
    return design | {"lists": lists} if lists else design
