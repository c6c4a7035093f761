"""The restrictions of a brief, carried out by roles and owners, or by closing what they speak of."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend_architect.brief import Brief
from backend_architect.brief.model import Restriction
from backend_architect.brief.restrictions import is_relation
from backend_architect.design.check.names import IN_PYTHON, IN_RULES
from backend_architect.design.model import IMPLIED_FIELDS
from backend_architect.design.names import RESERVED_SQL, words
from backend_architect.patterns import Composition, pattern_named
from backend_architect.patterns.narrowing import ACTIONS, mine, narrowed, read_rule, rows_of, with_role, with_rule
from backend_architect.patterns.pattern import Fragment

STAFF = "staff"
SIGNED_IN = "<signed in>"
GENERAL = frozenset(
    ["name", "title", "body", "description", "state", "text", "place", "user", "author", "owner", "customer", "buyer"],
)
"""Fields that every other thing has, or that name people: a restriction that says these words means no field."""
DONE = {"read": "read", "create": "made", "update": "changed", "delete": "deleted"}


@dataclass(frozen=True)
class Restricted:
    """A design in which the restrictions of a brief hold, with what to say of each."""

    design: Fragment
    said: tuple[str, ...]


def restrict(design: Fragment, brief: Brief, composition: Composition) -> Restricted:
    """Return the design with each restriction carried out, or with the actions closed that it speaks of."""
    said: list[str] = []
    for restriction in brief.restrictions:
        design, done = _restricted(design, restriction, composition)
        said.append(f"“{restriction.word.text}”: {done}")
    return Restricted(design, tuple(said))


def _restricted(design: Fragment, restriction: Restriction, composition: Composition) -> tuple[Fragment, str]:
    names = _targets(design, restriction, composition)
    who = _allowed(design, restriction)
    restricted: dict[str, list[str]] = {}
    for action in (action for action in ACTIONS if action in restriction.actions):
        for name in names:
            rule = _rule(design, name, action, restriction, who)
            changed = _applied(design, name, action, rule)
            if changed is not design:
                by = _by(rule, name)
                restricted.setdefault(f"{DONE[action]} by {by}", []).append(words(name))
                design = changed
    if not restricted:
        return design, "nothing more is allowed than that"
    lines = [f"{', '.join(dict.fromkeys(things))} {how}" for how, things in restricted.items()]
    return design, "; ".join(lines)


def _targets(design: Fragment, restriction: Restriction, composition: Composition) -> list[str]:
    """Return the rows that a restriction speaks of, without the account itself where it speaks of everything."""
    account = design.get("auth", {}).get("account", "")
    rows = {name: row for _, name, row in rows_of(design)}
    named = [name for noun in restriction.nouns for name in (noun, f"{noun}_item") if name in rows]
    named += [name for name, row in rows.items() if {*row.get("fields", ())} & _fields_in(restriction)]
    for pattern in restriction.patterns:
        named += [name for name in rows_of_pattern(pattern, composition) if name in rows]
    if named:
        people = [account] if restriction.who and "read" in restriction.actions and account in rows else []
        return [name for name in dict.fromkeys([*named, *people]) if name != account or people or len(set(named)) == 1]
    return [name for name in rows if name != account or "read" in restriction.actions]


def _fields_in(restriction: Restriction) -> set[str]:
    """Return the words of a restriction, as fields are named: what is said of prices is said of what has one."""
    return {word.strip(".,:'").removesuffix("s") for word in restriction.word.text.lower().split()} - GENERAL


def rows_of_pattern(name: str, composition: Composition) -> Iterator[str]:
    """Yield the entities and edges that a pattern brings to the design, by their names there."""
    pattern = pattern_named(name)
    for part in pattern.brings:
        yield from rows_of_pattern(part, composition)
    if pattern.name == "profiles":
        yield "user"
    for section in ("entities", "edges"):
        for row in pattern.body.fragment.get(section, {}):
            if row.startswith("<"):
                yield from composition.names.get(row, ())
            elif row != "user":
                yield row
    yield from pattern.body.alone.get("entities", {})


def _allowed(design: Fragment, restriction: Restriction) -> str:
    """Return the role that alone may; `mine` for whose it is, nothing for nobody at all."""
    if restriction.own:
        return "mine"
    if restriction.forbidden:
        return STAFF
    if not restriction.who:
        return ""
    if SIGNED_IN in restriction.who:
        return "signed_in"
    roles = [name for name in restriction.who if not is_relation(name)]
    if not roles:
        return "mine"
    return _role(design, roles[0])


def _role(design: Fragment, name: str) -> str:
    """Return a name for a role, or staff where the name means something else in the design."""
    name = {"admins": "admin", "administrator": "admin"}.get(name, name).replace(" ", "_")
    taken = {*IN_RULES, *IN_PYTHON, *IMPLIED_FIELDS, *RESERVED_SQL}
    for _, row_name, row in rows_of(design):
        taken |= {row_name, row.get("plural", ""), *row.get("rules", ()), *row.get("fields", ()), *row.get("pair", ())}
        taken |= {*row.get("counts", ()), *row.get("computed", ())}
    usable = name.isascii() and name.replace("_", "").isalpha() and name not in taken
    return name if usable else STAFF


def _rule(design: Fragment, name: str, action: str, restriction: Restriction, who: str) -> str | None:
    """Return the rule that an action must hold to besides, None where nobody may at all."""
    account = design.get("auth", {}).get("account", "")
    row = next(row for _, found, row in rows_of(design) if found == name)
    own = mine(name, row, account)
    if who == "mine" and action == "create":
        return STAFF if row["allow"].get("create") == "signed_in" and not restriction.own else "signed_in"
    if who == "mine":
        return own or STAFF
    if who:
        return who
    if restriction.actions == frozenset({"read"}) or action == "read":
        return own or STAFF
    return None


def _applied(design: Fragment, name: str, action: str, rule: str | None) -> Fragment:
    row = next(row for _, found, row in rows_of(design) if found == name)
    if action not in row["allow"]:
        return design
    if rule is None:
        return with_rule(design, name, action, None)
    old = read_rule(row) if action == "read" else row["allow"][action]
    is_account = name == design.get("auth", {}).get("account")
    new = f"id = me or {rule}" if is_account and _is_role(rule) and action == "read" else _replaced(old, rule, action)
    if new == old or (is_account and "anyone" not in old):
        return design
    if _is_role(rule):
        design = with_role(design, rule)
    changed = with_rule(design, name, action, new)
    return _no_wider(changed, name, rule) if action == "read" and _is_role(rule) else changed


def _replaced(old: str, rule: str, action: str) -> str:
    """Return the narrower rule; a role that is named takes the place of staff, and of the owner's right to change."""
    if rule == "signed_in":
        return "signed_in" if old == "anyone" else old
    if not _is_role(rule):
        return rule if old == f"{rule} or {STAFF}" else narrowed(old, rule)
    parts = old.split()
    if STAFF in parts and rule != STAFF:
        return " ".join(rule if part == STAFF else part for part in parts)
    if STAFF in parts and all(part in {STAFF, "or", "mine", "and"} for part in parts):
        return STAFF if action != "read" else old
    return rule if old == "mine" and action != "read" else narrowed(old, rule)


def _no_wider(design: Fragment, name: str, role: str) -> Fragment:
    """Return the design with nothing to change for whom a row is hidden from."""
    row = next(row for _, found, row in rows_of(design) if found == name)
    if name == design.get("auth", {}).get("account"):
        return design
    for action in ("update", "delete"):
        rule = row["allow"].get(action)
        if rule and role not in rule.split():
            design = with_rule(design, name, action, narrowed(rule, role))
    return design


def _is_role(rule: str) -> bool:
    return rule.isidentifier() and rule not in {"mine", "signed_in", "anyone", "nobody"}


def _by(rule: str | None, name: str) -> str:
    if rule is None:
        return "nobody"
    if rule == "signed_in":
        return "people who have signed in"
    return f"the role {rule} alone, which the team gives" if _is_role(rule) else "those alone whose they are"
