"""A list names what exists, can be read, and is bounded."""

from collections.abc import Iterator

from backend_architect.design.load import LoadedDesign
from backend_architect.design.model import Edge, Entity, Field, FieldType, ListSpec
from backend_architect.design.reading_result import did_you_mean
from backend_architect.design.routes import list_parameter, parent_word
from backend_architect.design.wording import a, a_type
from backend_architect.errors import Problem

SEARCHED = frozenset({FieldType.TEXT, FieldType.SLUG, FieldType.EMAIL, FieldType.URL})
NOT_FILTERED = frozenset({FieldType.JSON, FieldType.LIST, FieldType.FILE, FieldType.DURATION})
MAX_FILTERS = 2
PARAMETERS = ("after", "limit", "q")
"""What every list is asked for besides its filters."""
SEARCH_COLUMN = "search"


def check_lists(loaded: LoadedDesign) -> Iterator[Problem]:
    """Yield what is wrong with each list's entity, parent, filters and search."""
    for spec in loaded.design.lists:
        path = f"lists.{spec.name}"
        entity = loaded.design.entities.get(spec.of)
        if entity is None:
            yield _no_entity(loaded, spec)
            continue
        if entity.allow.get("read", "nobody") == "nobody":
            fix = f"allow `read` in {entity.name}, or remove the list"
            yield loaded.problem("unreadable-list", f"{path}.of", f"nobody may read {a(entity.name)}", fix)
        yield from _parent(loaded, spec, entity)
        yield from _filters(loaded, spec, entity)
        yield from _search(loaded, spec, entity)


def _no_entity(loaded: LoadedDesign, spec: ListSpec) -> Problem:
    path = f"lists.{spec.name}.of"
    row = loaded.design.rows_by_plural.get(spec.of)
    if isinstance(row, Entity):
        fix = f"write the singular: `{row.name}`"
        return loaded.problem("unknown-name", path, f"`{spec.of}` is a plural", fix)
    if spec.of in loaded.design.edges:
        fix = f"list the entity on its other side: {{of: user, through: {loaded.design.edges[spec.of].plural}.…}}"
        return loaded.problem("unknown-name", path, f"`{spec.of}` is an edge, and lists hold entities", fix)
    fix = did_you_mean(spec.of, tuple(loaded.design.entities))
    return loaded.problem("unknown-name", path, f"`{spec.of}` is no entity", fix)


def _parent(loaded: LoadedDesign, spec: ListSpec, entity: Entity) -> Iterator[Problem]:
    path, said = f"lists.{spec.name}", parent_word(spec)
    if spec.by is not None and spec.through is not None:
        message = "a list has one parent, and this has `by` and `through`"
        yield loaded.problem("two-parents", f"{path}.through", message, "keep one of them")
        return
    if spec.by is None and spec.through is None:
        if said:
            message = f"the name says `of {said}`, and nothing says which rows belong to {a(said)}"
            fix = "add `by: <relation>` or `through: <edge>.<side>`, or rename the list"
            yield loaded.problem("list-without-parent", path, message, fix)
        return
    problem, parent = _by(loaded, spec, entity) if spec.by else _through(loaded, spec, entity)
    if problem:
        yield problem
    elif parent and said and said not in {parent.to, parent.name}:
        message = f"the name says `of {said}`, and the rows belong to {a(str(parent.to))}"
        yield loaded.problem("wrong-parent", path, message, f"rename the list to `… of {parent.to}`")


def _by(loaded: LoadedDesign, spec: ListSpec, entity: Entity) -> tuple[Problem | None, Field | None]:
    path, name = f"lists.{spec.name}.by", spec.by or ""
    item = entity.fields.get(name)
    if item and item.is_reference:
        return None, item
    fix = did_you_mean(name, tuple(reference.name for reference in entity.references))
    code = "by-not-relation" if item else "unknown-name"
    return loaded.problem(code, path, f"`{name}` is no relation of {entity.name}", fix), None


def _through(loaded: LoadedDesign, spec: ListSpec, entity: Entity) -> tuple[Problem | None, Field | None]:
    path = f"lists.{spec.name}.through"
    plural, side = spec.through or ("", "")
    edge = loaded.design.rows_by_plural.get(plural)
    if not isinstance(edge, Edge):
        message = f"`{plural}` is no plural of an edge"
        fix = did_you_mean(plural, tuple(edge.plural for edge in loaded.design.edges.values()))
        return loaded.problem("unknown-name", path, message, fix), None
    sides = {item.name: item for item in edge.pair}
    if side not in sides:
        message = f"`{side}` is no side of {edge.name}"
        return loaded.problem("unknown-name", path, message, did_you_mean(side, tuple(sides))), None
    other = edge.other(sides[side])
    if other.to != entity.name:
        message = f"the other side of `{plural}.{side}` is {a(str(other.to))}, and the list is of {entity.name}"
        return loaded.problem("wrong-side", path, message, f"write `of: {other.to}`, or name the other side"), None
    return None, sides[side]


def _filters(loaded: LoadedDesign, spec: ListSpec, entity: Entity) -> Iterator[Problem]:
    path = f"lists.{spec.name}.filter"
    if len(spec.filters) > MAX_FILTERS:
        message = f"{len(spec.filters)} filters make {2 ** len(spec.filters)} queries, more than can all have an index"
        yield loaded.problem("too-many-filters", path, message, f"keep {MAX_FILTERS}, or make a second list")
    for n, name in enumerate(spec.filters):
        item, where = entity.fields.get(name), f"{path}.{n}"
        if item is None:
            yield loaded.problem("unknown-name", where, *_no_field(entity, name))
        elif item.type in NOT_FILTERED:
            message = f"`{name}` is {a_type(item.type)}, and a filter compares single values"
            yield loaded.problem("wrong-filter", where, message, "leave it out")
        elif item.column in (*PARAMETERS, *_path_parameters(loaded, spec, entity)):
            message = f"`?{item.column}=` says something else in this list already"
            yield loaded.problem("wrong-filter", where, message, f"rename the field, such as `{entity.name}_{name}`")
        elif name == spec.by or name in spec.filters[:n]:
            yield loaded.problem("wrong-filter", where, f"`{name}` is fixed in this list already", "leave it out")


def _search(loaded: LoadedDesign, spec: ListSpec, entity: Entity) -> Iterator[Problem]:
    for n, name in enumerate(spec.match):
        item, where = entity.fields.get(name), f"lists.{spec.name}.match.{n}"
        if item is None:
            yield loaded.problem("unknown-name", where, *_no_field(entity, name))
        elif name == spec.match[0] and SEARCH_COLUMN in _columns(entity):
            message = f"the words that are searched stand in a column of {entity.name} that is called `{SEARCH_COLUMN}`"
            fix = f"rename the field, such as `{entity.name}_{SEARCH_COLUMN}`"
            yield loaded.problem("duplicate-name", where, message, fix)
        elif item.type not in SEARCHED:
            message = f"`{name}` is {a_type(item.type)}, and full text is searched in texts"
            texts = ", ".join(f"`{f.name}`" for f in entity.fields.values() if f.type in SEARCHED)
            yield loaded.problem("match-not-text", where, message, f"texts here: {texts}" if texts else "leave it out")


def _columns(entity: Entity) -> set[str]:
    return {item.column for item in entity.fields.values()}


def _path_parameters(loaded: LoadedDesign, spec: ListSpec, entity: Entity) -> list[str]:
    """Return what the path of a list names: its parent."""
    if spec.through:
        edge = loaded.design.rows_by_plural.get(spec.through[0])
        parent = edge.fields.get(spec.through[1]) if edge else None
    else:
        parent = entity.fields.get(spec.by or "")
    return [list_parameter(parent)] if parent else []


def _no_field(entity: Entity, name: str) -> tuple[str, str]:
    if name in entity.computed or name in entity.counts:
        return f"`{name}` is computed, and has no index", "use a stored field"
    return f"`{name}` is no field of {entity.name}", did_you_mean(name, tuple(entity.fields))
