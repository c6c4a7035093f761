"""`queries.py` of a slice: each SQL statement directly above the typed function that runs it."""

import re
from collections.abc import Sequence

from backend_architect.design.model import Edge, Entity, FieldType, ListSpec
from backend_architect.design.names import words
from backend_architect.design.python_names import CONSTANTS, attribute, class_name, parameter, variable
from backend_architect.design.python_names import constant as constant_name
from backend_architect.design.wording import a
from backend_architect.project.samples import python_string
from backend_architect.project.slices.imports import QUERIES
from backend_architect.project.slices.schemas import action_class
from backend_architect.project.slices.sql_lines import join_lines
from backend_architect.queries.lists import key_column, listing_label
from backend_architect.queries.model import Nested, Output, Param, Query, Shape
from backend_architect.queries.rows import change_label
from backend_architect.queries.searches import ABOUT as ABOUT_SEARCH
from backend_architect.queries.shape import python_type
from backend_architect.schema.columns import column_type

FIRST_VALUES = {
    ("timestamptz", True): "datetime.max.replace(tzinfo=UTC)",
    ("timestamptz", False): "datetime.min.replace(tzinfo=UTC)",
    ("date", True): "date.max",
    ("date", False): "date.min",
    ("integer", True): "2**31 - 1",
    ("integer", False): "-(2**31)",
    ("bigint", True): "2**63 - 1",
    ("bigint", False): "-(2**63)",
    ("numeric", True): 'Decimal("Infinity")',
    ("numeric", False): 'Decimal("-Infinity")',
    ("text", False): '""',
}
"""Where a first page starts: before everything, in the direction of the list."""

KEY_TYPES = {
    "timestamptz": "datetime",
    "date": "date",
    "integer": "int",
    "bigint": "int",
    "numeric": "Decimal",
    "text": "str",
}


REPEATABLE = "@repeatable\n"

BODIES = ("new.", "changes.", "sent.")
"""What the values that clients send come from."""

NUMBERED = re.compile(r"""('[^']*'|"[^"]*")|\$(\d+)""")
"""A parameter, or what stands in quotes and holds none."""


def render_entity_queries(entity: Entity, shape: Shape, queries: Sequence[Query]) -> str:
    """Return the module of an entity's statements."""
    names = [class_name(entity.name), *(item.class_name for item in shape.outputs if isinstance(item, Nested))]
    names += [f"New{names[0]}", f"{names[0]}Changes", *(action_class(entity, a) for a in entity.actions.values())]
    head = (
        f'"""Every statement on {words(entity.plural)}, each above the function that runs it."""\n{QUERIES}'
        f"from app.{entity.plural}.schemas import {', '.join(names)}\n\n"
    )
    if not any(query.returns in {"one", "page"} for query in queries):
        return head + "\n\n\n".join(_row_function(query) for query in queries)
    shared = [Param(name.removeprefix("me."), "") for name in shape.viewer]
    joins = f'\n\nJOINS = """\n{join_lines(named_sql(shape.joins, shared))}\n"""' if shape.joins else ""
    rule = join_lines(named_sql(shape.readable, shared))
    readable = f'\n\n{readable_name(entity, queries)} = """{rule}"""' if rule else ""
    parts = [head + f'COLUMNS = """\n    {named_sql(shape.columns, shared)}\n"""{joins}{readable}']
    lists = [query for query in queries if query.list and not query.filters]
    parts += [_act_function(q) if q.route and q.route.action else _row_function(q) for q in queries if not q.list]
    for query in lists:
        variants = [other for other in queries if other.list is query.list]
        parts.append(_list_function(entity, variants))
    parts.append(_from_row(entity, shape))
    return "\n\n\n".join(parts).replace("{READABLE}", f"{{{readable_name(entity, queries)}}}")


def render_edge_queries(edge: Edge, queries: Sequence[Query]) -> str:
    """Return the module of an edge's statements."""
    extra = f"from app.{edge.plural}.schemas import New{class_name(edge.name)}\n" if edge.extra else ""
    head = f'"""Every statement on {words(edge.plural)}, each above the function that runs it."""\n{QUERIES}{extra}\n'
    return "\n\n\n".join([head, *(_row_function(query) for query in queries)])


def constant(query: Query) -> str:
    """Return the name of a statement's constant: `posts.of_user` → `OF_USER`."""
    return constant_name(query.function)


def argument_list(query: Query) -> list[str]:
    """Return the parameters of a statement's function after `db`, with their types."""
    sources = {param.source for param in query.params}
    path = [f"{name}: UUID" for name in _path_names(query)]
    body: list[str] = []
    if any(source.startswith("new.") for source in sources):
        body = [f"new: New{class_name(query.row.name)}"]
    if any(source.startswith("changes.") for source in sources):
        body = [f"changes: {class_name(query.row.name)}Changes"]
    if query.route and query.route.action and isinstance(query.row, Entity) and query.row.taken(query.route.action):
        body = [f"sent: {action_class(query.row, query.route.action)}"]
    viewer = ["me: Viewer"] if uses_viewer(query) else []
    version = ["if_match: list[datetime] | None"] if "if_match" in sources else []
    return [*path, *body, *viewer, *version]


def uses_viewer(query: Query) -> bool:
    """Return whether a statement needs to know who asks."""
    return any(param.source.startswith("me.") for param in query.params)


def _path_names(query: Query) -> list[str]:
    names = [param.source for param in query.params if param.source.endswith("_id") and "." not in param.source]
    return list(dict.fromkeys(name for name in names if name.isidentifier()))


def readable_name(entity: Entity, queries: Sequence[Query]) -> str:
    """Return the constant of the read rule: the rule's own name, where it has one that is free."""
    name = entity.allow.get("read", "").strip().upper()
    taken = {*CONSTANTS, *(constant(query) for query in queries)}
    return name if name.lower() in entity.rules and name not in taken else "READABLE"


def _statement(query: Query) -> str:
    template = named_sql(query.template, query.params)
    shared = any(marker in template for marker in ("{COLUMNS}", "{JOINS}", "{READABLE}"))
    return f'{constant(query)} = {"f" if shared else ""}"""\n{join_lines(template)}\n"""'


def named_sql(sql: str, params: Sequence[Param]) -> str:
    """Return SQL with the names of its parameters instead of their numbers."""
    names = _names(params)
    return NUMBERED.sub(lambda found: found[1] or f":{names[int(found[2]) - 1]}", sql)


def _names(params: Sequence[Param]) -> list[str]:
    """Return the name of each parameter; a field that is called like another one gets a `_` more."""
    names: list[str] = []
    for param in params:
        name = parameter("if_match" if param.source == "if_match" else param.name)
        while name in names:
            name += "_"
        names.append(name)
    return names


def _row_function(query: Query) -> str:
    returned = {"one": f"{class_name(query.row.name)} | None", "done": "bool", "always": "None"}[query.returns]
    if query.tells_change:
        returned = f"tuple[{returned}, bool]"
    head = f"async def {variable(query.function)}(db: Executor, {', '.join(argument_list(query))}) -> {returned}:"
    body = [f'"""{_about(query)}"""', *_in_turn(query, _row_body(query))]
    mark = REPEATABLE if query.template.startswith("SELECT") else ""
    return f"{_statement(query)}\n\n\n{mark}{head}\n    " + "\n    ".join(body)


def _act_function(query: Query) -> str:
    """Return the statements of an action, what it may be refused for, and the function that does it."""
    name = constant(query)
    locked = named_sql(query.lock.sql, query.lock.params) if query.lock else ""
    lock = f'{constant(query.lock)} = """\n{locked}\n"""\n\n' if query.lock else ""
    conflicts = [f'Conflicting("{v.label}", "{v.code}", {python_string(v.message)}),' for v in query.verdicts if v.code]
    stated = f"{name}_CONFLICTS = (\n    " + "\n    ".join(conflicts) + "\n)\n\n" if conflicts else ""
    lines = [f"row = await db.fetchrow({_call(query)})"]
    if query.lock:
        lines.insert(0, f"await db.execute({_call(query.lock)})")
    if query.lock and not query.turn:
        lines = ["async with db.transaction() as tx:", *(f"    {line.replace('db.', 'tx.')}" for line in lines)]
    given = ", ".join(["row", *([f"{name}_CONFLICTS"] if conflicts else [])])
    body = [f'"""{_about(query)}"""', *_in_turn(query, lines), f"return _{query.row.name}(judged({given}))"]
    arguments = ", ".join(["db: Executor", *argument_list(query)])
    head = f"async def {variable(query.function)}({arguments}) -> {class_name(query.row.name)}:"
    return f"{lock}{_statement(query)}\n\n{stated}\n{head}\n    " + "\n    ".join(body)


def _row_body(query: Query) -> list[str]:
    fetch, nothing = ("fetchval", "not done") if query.returns == "done" else ("fetchrow", "row is None")
    values = call_values(query)
    call = _call(query)
    if query.returns == "always":
        return [f"await db.execute({call})"]
    name = "done" if query.returns == "done" else "row"
    lines = [f"{name} = await db.{fetch}({call})"]
    version = next((key for key, value in values.items() if value == "if_match"), None)
    if version:
        others = ", ".join(f'"{key}": {value}' for key, value in values.items() if key != version)
        again = f"await would_write(db, {constant(query)}, **values, {version}=None)"
        lines = [
            f"values = {{{others}}}",
            f"{name} = await db.{fetch}({constant(query)}, **values, {version}=if_match)",
            f"if {nothing} and if_match is not None and {again}:",
            "    raise PreconditionFailed",
        ]
    return [*lines, _answer(query)]


def _answer(query: Query) -> str:
    maker = f"_{query.row.name}"
    if query.returns == "done":
        return "return bool(done)"
    if query.tells_change and isinstance(query.row, Entity):
        return f'return ({maker}(row), row["{change_label(query.row)}"]) if row else (None, False)'
    return f"return {maker}(row) if row else None"


def _in_turn(query: Query, lines: list[str]) -> list[str]:
    """Return the lines after a lock: of two such writes at once, neither would see what the other one makes."""
    if query.turn is None:
        return lines
    key = f", {_source(query, query.turn.key)}" if query.turn.key else ""
    return [
        "async with db.transaction() as turn:",
        f'    await take_turn(turn, "{query.turn.of}"{key})  # the rule looks at rows that others may make just now',
        *(f"    {line.replace('await db.', 'await turn.').replace('(db, ', '(turn, ')}" for line in lines),
    ]


def _call(query: Query) -> str:
    """Return the arguments that run a statement: its constant, and each value by its parameter's name."""
    return ", ".join([constant(query), *(f"{name}={value}" for name, value in call_values(query).items())])


def call_values(query: Query) -> dict[str, str]:
    """Return the expression that fills each parameter of a statement, by its name."""
    json = {item.column for item in query.row.fields.values() if item.type is FieldType.JSON}
    values = {}
    for name, param in zip(_names(query.params), query.params, strict=True):
        is_json = param.source.startswith(BODIES) and param.source.rpartition(".")[2] in json
        source = _source(query, param)
        values[name] = f"encode_json({source})" if is_json else source
    return values


def _source(query: Query, param: Param) -> str:
    """Return the expression that fills a parameter, with the names that the design's have in Python."""
    body, _, name = param.source.partition(".")
    if param.source.startswith(BODIES):
        return f"{body}.{attribute(name)}"
    if param.source.startswith('"'):
        column, _, rest = param.source[1:].partition('"')
        return f'"{attribute(column)}"{rest}'
    filters = {query.row.fields[name].column for name in query.filters}
    return variable(param.source) if param.source in filters else param.source


def _about(query: Query) -> str:
    one = f"the {words(query.row.name)}"
    verb = words(query.function).capitalize()
    kind = "told" if query.tells_change else query.route.kind if query.route else "read"
    texts = {
        "action": f"{verb} {one} and return it; raise what prevents that.",
        "read": f"Return {one}, or None where there is none that the viewer may see.",
        "create": f"Return the new {words(query.row.name)}, or None where the rules refuse it.",
        "update": f"Return {one} as changed, or None where there is none that the caller may change.",
        "delete": f"Delete {one}; return whether there was one that the caller may delete.",
        "put_edge": f"Make the {words(query.row.name)} unless it is there; return whether the rules allow it.",
        "delete_edge": f"Delete the {words(query.row.name)} if it is there.",
        "told": f"Return {one} and whether a value has changed; None where there is none that the caller may change.",
        "custom": f"Return {one}, or None where the rule of this use case refuses it.",
    }
    return texts[kind]


def _list_function(entity: Entity, variants: Sequence[Query]) -> str:
    query = variants[0]
    spec = query.list
    assert spec is not None
    statements = "\n\n".join(_statement(variant) for variant in variants)
    filters = [
        f"{variable(entity.fields[n].column)}: {python_type(entity.fields[n])} | None = None" for n in spec.filters
    ]
    sources = {param.source for param in query.params}
    path = [f"{name}: UUID" for name in _path_names(query)]
    search = ["q: str"] if "q" in sources else []
    viewer = ["me: Viewer"] if any(uses_viewer(variant) for variant in variants) else []
    keyword = ["*", *filters] if filters else []
    arguments = ["db: Executor", *path, *search, "after: str | None", "limit: int", *viewer, *keyword]
    key_sql, key_name = _key(entity, spec)
    types = f"({KEY_TYPES[key_sql]}, UUID)"
    first = f"({FIRST_VALUES[key_sql, spec.order.descending]}, {'LAST_ID' if spec.order.descending else 'FIRST_ID'})"
    bounded = "going_on" in query.template
    maker = "make_search_page" if bounded else "make_page"
    statements = f"{ABOUT_SEARCH}\n{statements}" if bounded else statements
    body = [
        f'"""Return a page of {page_words(entity, spec)}."""',
        f'start = decode_cursor("{query.name}", after, {types}) or {first}',
        *_fetch(variants, entity),
        f'return {maker}("{query.name}", rows, limit, _{entity.name}, key=("{key_name}", "id"))',
    ]
    head = f"async def {variable(query.function)}({', '.join(arguments)}) -> Page[{class_name(entity.name)}]:"
    return f"{statements}\n\n\n{REPEATABLE}{head}\n    " + "\n    ".join(body)


def _fetch(variants: Sequence[Query], entity: Entity) -> list[str]:
    """Return the lines that run the statement for the filters that were given, the most filters first."""
    calls = [(variant.filters, f"rows = await db.fetch({_call(variant)})") for variant in variants]
    if len(calls) == 1:
        return [calls[0][1]]
    lines = []
    for number, (filters, call) in enumerate(sorted(calls, key=lambda pair: -len(pair[0]))):
        test = " and ".join(f"{variable(entity.fields[name].column)} is not None" for name in filters)
        lines.append(f"{'elif' if number else 'if'} {test}:" if test else "else:")
        lines.append(f"    {call}")
    return lines


def _key(entity: Entity, spec: ListSpec) -> tuple[str, str]:
    """Return the SQL type of a list's sort value, and the name under which a row holds it."""
    if spec.through:
        return "timestamptz", listing_label(entity)
    if spec.order.field in entity.counts:
        return "bigint", spec.order.field
    item = entity.fields.get(spec.order.field)
    return (column_type(item).partition("(")[0], item.column) if item else ("timestamptz", key_column(entity, spec))


def page_words(entity: Entity, spec: ListSpec) -> str:
    """Return what a list holds, of what, and in which order: `the posts of a user, newest first`."""
    name, _, parent = spec.name.partition(" of ")
    rows = f"the {words(entity.plural)}" + ("" if name == entity.plural else f" in `{name}`")
    return f"{rows}{f' of {a(words(parent))}' if parent else ''}, {_order_words(spec)}"


def _order_words(spec: ListSpec) -> str:
    if spec.order.field == "created_at":
        return "newest first" if spec.order.descending else "oldest first"
    return f"by {words(spec.order.field)}, {'highest' if spec.order.descending else 'lowest'} first"


def _from_row(entity: Entity, shape: Shape) -> str:
    """Return the function that makes an answer's dataclass of a row."""
    name = class_name(entity.name)
    body = ",\n        ".join(f"{item.name}={_made(item)}" for item in shape.outputs)
    return f"def _{entity.name}(row: Record) -> {name}:\n    return {name}(\n        {body},\n    )\n"


def _made(item: Output | Nested) -> str:
    if isinstance(item, Output):
        return _read(item)
    values = ", ".join(f"{output.name}={_read(output)}" for output in item.outputs)
    made = f"{item.class_name}({values})"
    return f'{made} if row["{item.outputs[0].label}"] else None' if item.optional else made


def _read(output: Output) -> str:
    value = f'row["{output.label}"]'
    if output.python.startswith("Json"):
        return f"decode_json({value})"
    if output.is_file:
        return f"file_url({value})"
    return value
