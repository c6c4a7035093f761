"""Designs in which many names stand everywhere: as field, relation, list, and so on."""

import json
from collections.abc import Callable, Mapping, Sequence

Names = Mapping[str, str]
"""What stands for each word that is tried: the word itself, or the name that check suggested instead."""
Make = Callable[[Names], str]

PEOPLE = {"fields": {"zqtitle": {"type": "text", "max": 40}}, "allow": {"read": "anyone"}}
HEAD = {"design": 1, "backend": "names", "auth": {"account": "zqperson"}}


def fields(names: Names) -> str:
    """Return a design with the names as fields, filters, searched fields, and in rules."""
    told = [*names.values()]
    thing = {
        "fields": {"zqowner": _mine(), **{name: {"type": "text", "max": 40} for name in told}},
        "rules": {f"zq_rule_{n}": f"{name} = 'a' or zqowner = me" for n, name in enumerate(told)},
        "allow": {
            "read": " and ".join(f"zq_rule_{n}" for n in range(min(3, len(told)))),
            "create": "signed_in",
            "update": "zqowner = me and " + f"zq_things.{told[0]} is not null",
        },
    }
    lists = {f"zq_list_{n}": {"of": "zq_thing", "filter": [name]} for n, name in enumerate(told)}
    lists["zq_search"] = {"of": "zq_thing", "match": told[:2]}
    return _design({"zq_thing": thing}, lists=lists)


def numbers(names: Names) -> str:
    """Return a design with the names as numbers that effects change, dates, texts of an edge, and optional fields."""
    kinds = [{"type": "integer", "min": 0}, {"type": "date"}, {"type": "json", "optional": True}, {"list": "text"}]
    told = [*names.values()]
    stock = {
        "fields": {"zqowner": _mine(), **{name: kinds[n % 4] for n, name in enumerate(told)}},
        "allow": {"read": "anyone", "create": "signed_in", "update": "zqowner = me"},
    }
    taken = {f"zq_stock.{name}": f"zq_stock.{name} - 1" for name in told[::4]}
    taking = {
        "fields": {"zqowner": _mine(), "zq_stock": {"to": "zq_stock"}},
        "allow": {"read": "anyone", "create": "signed_in"},
        "effects": {"create": taken},
    }
    return _design({"zq_stock": stock, "zq_taking": taking})


def relations(names: Names) -> str:
    """Return a design with the names as relations, and in rules that follow them."""
    told = [*names.values()]
    thing = {
        "fields": {"zqowner": _mine(), **{name: {"to": "zq_thing", "optional": True} for name in told}},
        "rules": {f"zq_rule_{n}": f"{name}.zqowner = me" for n, name in enumerate(told)},
        "allow": {
            "read": "zqowner = me or " + " or ".join(f"zq_rule_{n}" for n in range(min(4, len(told)))),
            "create": "signed_in",
            "update": "zqowner = me",
        },
    }
    lists = {f"zq_list_{n} of zq_thing": {"of": "zq_thing", "by": name} for n, name in enumerate(told[:6])}
    return _design({"zq_thing": thing}, lists=lists)


def rules(names: Names) -> str:
    """Return a design with the names as rules, counts and computed values."""
    told = [*names.values()]
    thing = {
        "fields": {"zqowner": _mine(), "zqtitle": "text"},
        "rules": dict.fromkeys(told[::3], "zqowner = me"),
        "computed": dict.fromkeys(told[1::3], "zqowner = me"),
        "allow": {"read": " or ".join(told[::3]), "create": "signed_in", "update": told[0]},
    }
    counts = dict.fromkeys(told[2::3], "zq_things.zqowner")
    return _design({"zq_thing": thing}, people=PEOPLE | {"counts": counts})


def lists(names: Names) -> str:
    """Return a design with the names as lists."""
    thing = {"fields": {"zqowner": _mine()}, "allow": {"read": "anyone", "create": "signed_in", "update": "anyone"}}
    return _design({"zq_thing": thing}, lists={name: {"of": "zq_thing"} for name in names.values()})


def entities(names: Names) -> str:
    """Return a design with the names as entities, each with a list of its owner's."""
    rows = {name: _owned() | {"plural": f"zq_{name}_rows"} for name in names.values()}
    return _design(rows, lists={f"zq_{name}_rows of zqperson": _by_owner(name) for name in rows})


def plurals(names: Names) -> str:
    """Return a design with the names as plurals, which are tables, folders and routes."""
    rows = {f"zq_{word}": _owned() | {"plural": name} for word, name in names.items()}
    return _design(rows, lists={f"{name} of zqperson": _by_owner(f"zq_{w}") for w, name in names.items()})


def edges(names: Names) -> str:
    """Return a design with the names as edges, and as their sides."""
    thing = {"fields": {"zqowner": _mine()}, "allow": {"read": "anyone", "create": "signed_in"}}
    made = {
        name: {
            "plural": f"zq_{name}_rows",
            "pair": {"zq_who": "zqperson", "zq_what": "zq_thing"},
            "set": {"zq_who": "me"},
            "fields": {name: {"type": "text", "max": 40}},
            "allow": {"read": "anyone", "create": "signed_in", "delete": f"zq_{name}_rows.zq_who = me"},
        }
        for name in names.values()
    }
    return _design({"zq_thing": thing}, edges=made)


def roles(names: Names) -> str:
    """Return a design with the names as roles."""
    told = [*names.values()]
    thing = {
        "fields": {"zqowner": _mine(), "zqtitle": "text", **{f"is_{name}": "boolean" for name in told}},
        "allow": {"read": "anyone", "create": "signed_in", "update": f"zqowner = me or {' or '.join(told)}"},
    }
    return _design({"zq_thing": thing}, roles=told)


def handlers(names: Names) -> str:
    """Return a design with the names as functions that run after an event."""
    rows = {f"zq_{word}": _owned() | {"plural": f"zq_{word}_rows"} for word in names}
    events = {f"zq_{word}_rows.create": {"run": name} for word, name in names.items()}
    return _design(rows, events=events)


def use_cases(names: Names) -> str:
    """Return a design with the names as files of hand-written use cases."""
    thing = {"fields": {"zqowner": _mine()}, "allow": {"read": "anyone", "create": "signed_in"}}
    custom = [
        {"route": f"POST /zq-things/{{id}}/zq-{n}", "code": f"app/zq_things/{name}.py", "allow": "anyone"}
        for n, name in enumerate(names.values())
    ]
    return _design({"zq_thing": thing}, custom=custom)


PLACES: Mapping[str, tuple[Make, int]] = {
    "fields": (fields, 100),
    "numbers": (numbers, 80),
    "relations": (relations, 100),
    "rules": (rules, 150),
    "lists": (lists, 170),
    "entities": (entities, 90),
    "plurals": (plurals, 90),
    "edges": (edges, 90),
    "roles": (roles, 20),
    "handlers": (handlers, 90),
    "use_cases": (use_cases, 170),
}
"""Where a name can stand, with how many go into one design."""


def chunks(words: Sequence[str], size: int) -> list[Names]:
    """Return the words in groups of at most `size`, each standing for itself."""
    return [{word: word for word in words[start : start + size]} for start in range(0, len(words), size)]


def _mine() -> dict[str, object]:
    return {"to": "zqperson", "set": "me", "on_delete": "cascade"}


def _owned() -> dict[str, object]:
    fields = {"zqowner": _mine(), "zqtitle": {"type": "text", "max": 40}}
    return {"fields": fields, "allow": {"read": "anyone", "create": "signed_in", "update": "zqowner = me"}}


def _by_owner(name: str) -> dict[str, object]:
    return {"of": name, "by": "zqowner"}


def _design(
    entities: Mapping[str, object], *, people: Mapping[str, object] = PEOPLE, roles: Sequence[str] = (), **more: object
) -> str:
    auth = {"account": "zqperson", "roles": list(roles)} if roles else HEAD["auth"]
    whole = {**HEAD, "auth": auth, "entities": {"zqperson": people, **entities}, **more}
    return json.dumps(whole, indent=1)
