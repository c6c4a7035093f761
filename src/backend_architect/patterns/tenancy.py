"""What belongs to a team, where there are teams: each member sees it, and only members add to it."""

from backend_architect.design.names import plural_of, words
from backend_architect.patterns.merge import merged
from backend_architect.patterns.pattern import Fragment

PRIVATE = "mine"


def owned_by_team(design: Fragment, name: str, team: str) -> Fragment:
    """Return the design with the entity `name` belonging to a team; its rule `visible` is what its readers must meet.

    What its owner alone saw is seen by the members; what more people saw is seen by members only. What its owner may
    do ends when they are no longer a member: it is `mine` for members only.
    """
    entity = design["entities"][name]
    member = f"{team}.member"
    is_private = entity["rules"]["visible"] == PRIVATE
    changes = {action: f"and {member}" for action in ("update", "delete") if _is_a_roles(entity, action)}
    more: Fragment = {
        "fields": {team: {"to": team, "on_delete": "cascade"}},
        "rules": {"mine": f"and {member}", "visible": member if is_private else f"and {member}"},
        "allow": {"create": f"and {member}", **changes},
    }
    given = [field for field, item in entity["fields"].items() if not (isinstance(item, dict) and "set" in item)]
    accepts = entity.get("accepts") or {action: given for action in ("create", "update") if action in entity["allow"]}
    accepts = accepts | {"create": [team, *accepts["create"]]}
    plural = entity.get("plural") or plural_of(name)
    newest = {"of": name, "by": team, "order": "newest", "allow": "signed_in"}
    changed = merged(entity, more, override=True) | {"accepts": accepts}
    lists = design.get("lists", {}) | {f"{plural} of {team}": newest}
    return design | {"entities": design["entities"] | {name: changed}, "lists": lists}


def team_assumption(name: str, team: str) -> str:
    """Return what was assumed of an entity that belongs to a team, for a person to confirm."""
    return f"{words(plural_of(name))} belong to one {words(team)} each, and are seen by its members"


def _is_a_roles(entity: Fragment, action: str) -> bool:
    """Tell whether not the owner but a role, which is no team's own, may do this."""
    rule = entity["allow"].get(action)
    return rule is not None and not any("= me" in entity["rules"].get(word, word) for word in rule.split())
