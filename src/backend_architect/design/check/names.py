"""No name means two things, to PostgreSQL, to Python or to a rule."""

import keyword
from collections.abc import Iterator

from backend_architect.design.check.paths import rows_with_paths
from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import IMPLIED_FIELDS, Entity, Row
from backend_architect.design.names import MAX_IDENTIFIER, RESERVED_SQL, camel_case
from backend_architect.errors import Problem

IN_RULES = ("me", "signed_in", "anyone", "nobody", "this")
UNCONFIRMED = "unconfirmed"
"""The role that an account has until its address is confirmed."""
IN_PYTHON = frozenset(keyword.kwlist) | {"self"}


def check_names(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield `reserved-word`, `implied-field`, `duplicate-name` and `name-too-long` for everything inside a row."""
    roles = loaded.design.auth.roles if loaded.design.auth else ()
    for path, row in rows_with_paths(loaded.design):
        if row.name in IN_PYTHON or row.name in (*IN_RULES, *roles):
            fix = f"choose another noun, such as `{row.name}_item`"
            yield loaded.problem("reserved-word", path, f"`{row.name}` is a word of Python or of the rules", fix)
        yield from _own_names(loaded, path, row, roles)
        yield from _columns(loaded, path, row)
        yield from _constraints(loaded, path, row)
        yield from _classes(loaded, path, row)
    yield from _roles(loaded, roles)


def _own_names(loaded: LoadedDesign, path: str, row: Row, roles: tuple[str, ...]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for part, name in _names_of(row):
        where = f"{path}.{part}.{name}"
        if name in IMPLIED_FIELDS:
            fix = f"remove it, or choose another name, such as `{_another(row, name)}`"
            yield loaded.problem("implied-field", where, f"every row has `{name}` already", fix)
        elif name in first:
            message = f"`{name}` is one of `{first[name]}` already, and a rule could mean either"
            yield loaded.problem("duplicate-name", where, message, "rename one of them")
        elif name in (*IN_RULES, *roles):
            fix = f"choose another name, such as `{_another(row, name)}`"
            yield loaded.problem("reserved-word", where, f"`{name}` has its own meaning in rules", fix)
        elif name in IN_PYTHON or not _is_free(row, part, name):
            language = "Python" if name in IN_PYTHON else "SQL"
            fix = f"choose another name, such as `{_another(row, name)}`"
            yield loaded.problem("reserved-word", where, f"`{name}` is a reserved word of {language}", fix)
        first.setdefault(name, part)


def _names_of(row: Row) -> Iterator[tuple[str, str]]:
    if isinstance(row, Entity):
        yield from (("fields", name) for name in row.fields)
        yield from (("counts", name) for name in row.counts)
        yield from (("computed", name) for name in row.computed)
    else:
        yield from (("pair", side.name) for side in row.pair)
        yield from (("fields", name) for name in row.extra)
    yield from (("rules", name) for name in row.rules)


def _is_free(row: Row, part: str, name: str) -> bool:
    """Return whether SQL, and the rules, can say the name where it stands."""
    from backend_architect.design.usable_names import is_column, is_relation, is_rule  # noqa: PLC0415  (parses SQL)

    if part == "rules":
        return is_rule(name)
    return is_relation(name) if name in row.fields and row.fields[name].is_reference else is_column(name)


def _another(row: Row, name: str) -> str:
    """Return a name that is free in the row: `post_order`."""
    taken = {each for _, each in _names_of(row)}
    tried = (f"{row.name}_{name}", f"{name}_value", f"its_{name}", f"{name}_here")
    short = (each for each in tried if len(each) <= MAX_IDENTIFIER and each not in taken and not each.endswith("_id"))
    return next(short, f"{row.name}_value")


def _columns(loaded: LoadedDesign, path: str, row: Row) -> Iterator[Problem]:
    """Yield what becomes one column: relation `author` and field `author_id`, count `likes` and field `likes_count`."""
    taken = {item.column: name for name, item in row.fields.items() if not item.is_reference}
    derived = {item.column: name for name, item in row.fields.items() if item.is_reference}
    if isinstance(row, Entity):
        derived |= {f"{count}_count": count for count in row.counts}
    for column, name in derived.items():
        where = f"{path}.fields.{taken.get(column, name)}"
        if column in taken:
            message = f"`{taken[column]}` is the column of `{name}` too"
            yield loaded.problem("duplicate-name", where, message, "rename it")
        elif len(column) > MAX_IDENTIFIER + 6:
            message = f"the column `{column}` is too long for PostgreSQL's index names"
            yield loaded.problem("name-too-long", where, message, "choose a shorter name")
    for name, item in row.fields.items():
        if item.is_reference and name.endswith("_id"):
            message = f"the column of this relation would be `{item.column}`"
            fix = f"name the relation `{name.removesuffix('_id')}`"
            yield loaded.problem("relation-named-id", f"{path}.fields.{name}", message, fix)


def _constraints(loaded: LoadedDesign, path: str, row: Row) -> Iterator[Problem]:
    """Yield constraints that are called as those that follow from the fields are."""
    columns = {item.column for item in row.fields.values()}
    taken = {f"{column}_{kind}" for column in columns for kind in ("check", "fkey", "key", "not_null")}
    for name in row.constraints if isinstance(row, Entity) else ():
        if name in taken | {"no_overlap", "pkey"}:
            message = f"a constraint of {row.name} is called `{name}` already"
            fix = f"choose another name, such as `{name}_holds`"
            yield loaded.problem("duplicate-name", f"{path}.constraints.{name}", message, fix)


def _classes(loaded: LoadedDesign, path: str, row: Row) -> Iterator[Problem]:
    """Yield relations that differ in their underscores alone: `a1` and `a_1` would be one class in Python."""
    first: dict[str, str] = {}
    for item in row.references:
        other = first.setdefault(camel_case(item.name), item.name)
        if other != item.name:
            message = f"`{item.name}` and `{other}` would be one class in Python"
            yield loaded.problem("duplicate-name", f"{path}.fields.{item.name}", message, "rename one of them")


def _roles(loaded: LoadedDesign, roles: tuple[str, ...]) -> Iterator[Problem]:
    from backend_architect.design.usable_names import is_role  # noqa: PLC0415

    for n, role in enumerate(roles):
        path = f"auth.roles.{n}"
        if role in roles[:n]:
            yield loaded.problem("duplicate-name", path, f"the role `{role}` is given twice", "keep one")
        elif role in {*IN_RULES, *IMPLIED_FIELDS, *RESERVED_SQL, *IN_PYTHON, UNCONFIRMED} or not is_role(role):
            message = f"`{role}` has another meaning in rules"
            yield loaded.problem("reserved-word", path, message, f"choose another name, such as `{role}_role`")
