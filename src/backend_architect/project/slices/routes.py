"""`routes.py` of a slice: HTTP only, ordinary FastAPI signatures, at most a dozen lines each."""

from backend_architect.design.model import Custom, Entity, Event, Field, FieldType
from backend_architect.design.names import words
from backend_architect.design.python_names import SLICE, class_name, variable
from backend_architect.design.routes import Route
from backend_architect.design.wording import a
from backend_architect.project.limits import limit_source, limits_of
from backend_architect.project.slices.calls import asks_for_caller, role_test
from backend_architect.project.slices.imports import ROUTES
from backend_architect.project.slices.queries import argument_list, page_words, uses_viewer
from backend_architect.project.slices.schemas import action_class
from backend_architect.queries.model import Query
from backend_architect.queries.resolved import ResolvedDesign
from backend_architect.queries.shape import python_type

ROW_ROUTES = ("read", "create", "update", "delete")


def render_routes(resolved: ResolvedDesign, plural: str, queries: tuple[Query, ...]) -> str:
    """Return the module with every route of a slice."""
    first = queries[0]
    name = class_name(first.row.name)
    actions = first.row.actions.values() if isinstance(first.row, Entity) else ()
    sent = [action_class(first.row, action) for action in actions if isinstance(first.row, Entity)]
    classes = ", ".join([name, f"New{name}", f"{name}Changes", *sent])
    routes = resolved.routes_of_slice(plural)
    customs = [route.custom for route in routes if route.custom]
    imports = [f"from app.{plural} import queries", f"from app.{plural}.schemas import {classes}"]
    imports += [
        f"from {custom.code.removesuffix('.py').replace('/', '.')} import {_import(custom, resolved)}"
        for custom in customs
    ]
    head = (
        f'"""The routes of {words(plural)}: HTTP in, HTTP out; who may do what stands in the SQL of `queries.py`."""\n'
        f"{ROUTES}" + "\n".join(imports) + f'\n\nrouter = APIRouter(prefix="/v1", tags=["{words(plural)}"])\n'
    )
    plain = [query for query in queries if query.route and not query.filters]
    plain.sort(key=lambda query: query.route is not None and "{" in query.route.path)
    alone = [_collection(resolved, route) for route in routes if route.is_of_collection]
    return "\n\n".join([head, *alone, *(_route(resolved, query) for query in plain)])  # /posts/top before /posts/{id}


def function_name(route: Route) -> str:
    """Return a route's function: `read_post`, `posts_of_user`, `put_like`."""
    if route.kind in ROW_ROUTES:
        return f"{route.kind}_{route.row.name}"
    if route.list:
        return f"{route.slice}_{route.name}" if route.name.startswith("of_") else _list_name(route)
    if route.is_of_collection:
        return f"answer_{route.name}"
    return f"{route.name}_{route.row.name}"


def _list_name(route: Route) -> str:
    """Return a list's function: its own name, which may be none of the other routes' (`read_post`) either."""
    others = {f"{kind}_{route.row.name}" for kind in ROW_ROUTES}
    is_taken = route.name in others or route.name.startswith((f"{route.slice}_of_", "answer_"))
    return f"{route.name}_" if is_taken else variable(route.name)


def _import(custom: Custom, resolved: ResolvedDesign) -> str:
    name, known_as = _module(custom.code), _imported(custom, resolved)
    return name if name == known_as else f"{name} as {known_as}"


def _imported(custom: Custom, resolved: ResolvedDesign) -> str:
    """Return what a module of routes calls the function of a hand-written use case."""
    name = _module(custom.code)
    rows = {row.name for row in resolved.design.rows_by_plural.values()}
    return f"answer_{name}_" if name in SLICE | rows or name.endswith(tuple(f"_{row}" for row in rows)) else name


def _module(code: str) -> str:
    return code.rsplit("/", 1)[-1].removesuffix(".py")


class _Parts:
    """The pieces of one route: its decorator, its parameters and its body."""

    def __init__(self, resolved: ResolvedDesign, query: Query) -> None:
        assert query.route is not None
        self.resolved = resolved
        self.query = query
        self.route = query.route
        self.row = query.row
        self.caller = asks_for_caller(resolved, query.route)
        self.files = names_files(query)
        self.viewer = self.caller or uses_viewer(query) or bool(self.files)
        self.path = [part[1:-1] for part in self.route.path.split("/") if part.startswith("{")]

    def call(self) -> str:
        """Return the call of the statement's function."""
        names = [text.partition(":")[0] for text in argument_list(self.query)]
        return f"await queries.{variable(self.query.function)}({', '.join(['db', *names])})"

    def me(self) -> list[str]:
        """Return the parameter that says who asks, where anybody needs to know."""
        if not self.viewer or (self.route.list and self.route.list.cache_seconds and not self.caller):
            return []
        return [f"me: {'SignedIn' if self.caller else 'Viewing'}"]


def _route(resolved: ResolvedDesign, query: Query) -> str:
    parts = _Parts(resolved, query)
    builders = {
        "read": _read,
        "list": _list,
        "create": _create,
        "update": _update,
        "delete": _delete,
        "put_edge": _put,
        "delete_edge": _delete_edge,
        "action": _act,
        "custom": _custom,
    }
    return builders[parts.route.kind](parts)


def _function(
    resolved: ResolvedDesign, route: Route, about: str, arguments: list[str], body: list[str], **options: str
) -> str:
    limits = [limit_source(limit) for limit in limits_of(resolved.design, route)]
    if limits:
        options["dependencies"] = f"[{', '.join(limits)}]"
    given = "".join(f", {key}={value}" for key, value in options.items())
    head = f'@router.{route.method.lower()}("{route.path}"{given})'
    lines = [f'"""{about}"""', *body]
    signature = f"async def {function_name(route)}({', '.join(arguments)}) -> Response:"
    return f"{head}\n{signature}\n    " + "\n    ".join(lines) + "\n"


def _read(parts: _Parts) -> str:
    about = f"Return one {words(parts.row.name)}."
    arguments = [f"{parts.row.name}_id: UUID", "db: Db", *parts.me()]
    return _function(
        parts.resolved,
        parts.route,
        about,
        arguments,
        [f"return ok({parts.call()})"],
        response_model=class_name(parts.row.name),
    )


def _list(parts: _Parts) -> str:
    spec = parts.route.list
    assert spec is not None
    assert isinstance(parts.row, Entity)
    fields = [parts.row.fields[name] for name in spec.filters]
    filters = [_filter(item) for item in fields]
    search = ["q: Annotated[Text, Query(min_length=1, max_length=200)]"] if spec.match else []
    arguments = [
        *(f"{name}: UUID" for name in parts.path),
        *search,
        "db: Db",
        *parts.me(),
        "after: After = None",
        "limit: Limit = 20",
        *filters,
    ]
    named = [*parts.path, *(["q"] if spec.match else []), "after", "limit"]
    viewer = uses_viewer(parts.query)
    who = ["ANONYMOUS" if spec.cache_seconds and not parts.caller else "me"] if viewer else []
    keyword = [f"{name}={name}" for name in (variable(item.column) for item in fields)]
    call = f"queries.{variable(parts.query.function)}({', '.join(['db', *named, *who, *keyword])})"
    test = role_test(parts.resolved, parts.route)
    body = [f"if not ({test}):", "    raise Forbidden"] if test else []
    if spec.cache_seconds and not parts.caller:
        keys = ", ".join([f'"{parts.query.name}"', *named, *(variable(item.column) for item in fields)])
        body.append(f"key = ({keys})")
        body.append(f"return page(await cached(key, {spec.cache_seconds}, lambda: {call}))")
        about = f"Return a page of `{spec.name}`, at most {spec.cache_seconds} seconds old and the same for everybody."
    else:
        body.append(f"return page(await {call})")
        about = f"Return a page of {page_words(parts.row, spec)}."
    return _function(
        parts.resolved, parts.route, about, arguments, body, response_model=f"Page[{class_name(parts.row.name)}]"
    )


def _create(parts: _Parts) -> str:
    name = class_name(parts.row.name)
    arguments = [*(f"{item}: UUID" for item in parts.path), f"new: New{name}", "db: Db", *parts.me()]
    body = [*_check_files(parts, "new"), *(_once(parts) if parts.caller else _made(parts))]
    options = {"status_code": "201", "response_model": name, **({"openapi_extra": "KEYED"} if parts.caller else {})}
    return _function(parts.resolved, parts.route, f"Make a {words(parts.row.name)}.", arguments, body, **options)


def _once(parts: _Parts) -> list[str]:
    """Return the body of a creation that happens once for each Idempotency-Key."""
    work = ["", "async def create(db: Executor) -> Response:", *(f"    {line}" for line in _made(parts))]
    return [*work, "", "return await once(db, me, create)"]


def _filter(item: Field) -> str:
    """Return the parameter by which callers filter a list, under the field's own name for them."""
    name = variable(item.column)
    python = python_type(item)
    kind = f"{'Text' if python == 'str' else python} | None"
    return (
        f"{name}: {kind} = None"
        if name == item.column
        else (f'{name}: Annotated[{kind}, Query(alias="{item.column}")] = None')
    )


def _made(parts: _Parts) -> list[str]:
    """Return the lines that make the row and answer with it: one statement, or one with its events in a transaction."""
    call = f"allowed({parts.call()})" if parts.query.refused == 403 else parts.call()
    name = variable(parts.row.name)
    answer = f'created({{}}, "{parts.route.slice.replace("_", "-")}")'
    events = _events(parts, "create")
    if not events:
        return ["return " + answer.format(call)]
    return [
        "async with db.transaction() as tx:",
        f"    {name} = {call.replace('(db', '(tx')}",
        f"    if {name}:",
        *(f"        {_enqueue(event, f'{name}.id')}" for event in events),
        "return " + answer.format(name),
    ]


def names_files(query: Query) -> bool:
    """Return whether clients name files in the body of a statement's route."""
    bodies = ("new.", "changes.")
    files = {item.column for item in query.row.fields.values() if item.type is FieldType.FILE}
    sources = (param.source for param in query.params if param.source.startswith(bodies))
    return any(source.partition(".")[2] in files for source in sources)


def _check_files(parts: _Parts, sent: str) -> list[str]:
    return [f'check_files("{parts.row.plural}", {sent}, me)'] if parts.files else []


def _enqueue(event: Event, identity: str) -> str:
    return f'await tx.enqueue("{event.run}", {identity})'


def _events(parts: _Parts, action: str) -> list[Event]:
    return [
        event for event in parts.resolved.design.events if event.plural == parts.row.plural and event.action == action
    ]


def _update(parts: _Parts) -> str:
    name = class_name(parts.row.name)
    identity = f"{parts.row.name}_id"
    arguments = [f"{identity}: UUID", f"changes: {name}Changes", "db: Db", *parts.me(), "if_match: IfMatch = None"]
    about = f"Change a {words(parts.row.name)}; with If-Match only if nobody else has changed it since."
    body = [*_check_files(parts, "changes"), *_in_transaction(parts, _events(parts, "update"), "ok")]
    return _function(parts.resolved, parts.route, about, arguments, body, response_model=name)


def _delete(parts: _Parts) -> str:
    arguments = [f"{parts.row.name}_id: UUID", "db: Db", *parts.me(), "if_match: IfMatch = None"]
    body = _in_transaction(parts, _events(parts, "delete"), "no_content")
    if parts.resolved.design.account is parts.row:
        arguments.insert(0, "request: Request")
        body = [
            f"done = {parts.call()}",
            "await settled(request)  # its sessions have ended, here too",
            "return no_content(done)",
        ]
    return _function(
        parts.resolved,
        parts.route,
        f"Delete a {words(parts.row.name)}; with If-Match as it was read.",
        arguments,
        body,
        status_code="204",
    )


def _in_transaction(parts: _Parts, events: list[Event], answer: str) -> list[str]:
    """Return the body of a write: one statement, or one with its events in a transaction."""
    if not events:
        return [f"return {answer}({parts.call()})"]
    identity = f"{parts.row.name}_id"
    done, test = ("done, is_changed", "is_changed") if parts.query.tells_change else ("done", "done")
    return [
        "async with db.transaction() as tx:",
        f"    {done} = {parts.call().replace('(db', '(tx')}",
        f"    if {test}:",
        *(f"        {_enqueue(event, identity)}" for event in events),
        f"return {answer}(done)",
    ]


def _act(parts: _Parts) -> str:
    entity, action = parts.row, parts.route.action
    assert isinstance(entity, Entity)
    assert action is not None
    sent = [f"sent: {action_class(entity, action)}"] if entity.taken(action) else []
    arguments = [f"{entity.name}_id: UUID", *sent, "db: Db", *parts.me()]
    lines = [f"return ok({parts.call()})"]
    events = _events(parts, action.name)
    if events:
        queued = [f"    {_enqueue(event, f'{entity.name}_id')}" for event in events]
        call = parts.call().replace("(db", "(tx")
        lines = ["async with db.transaction() as tx:", f"    done = {call}", *queued, "return ok(done)"]
    options = {"response_model": class_name(entity.name)}
    if parts.caller:
        work = ["", "async def act(db: Executor) -> Response:", *(f"    {line}" for line in lines), ""]
        lines, options = [*work, "return await once(db, me, act)"], {**options, "openapi_extra": "KEYED"}
    about = f"{words(action.name).capitalize()} {a(words(entity.name))}."
    return _function(parts.resolved, parts.route, about, arguments, lines, **options)


def _put(parts: _Parts) -> str:
    extra = [f"new: New{class_name(parts.row.name)}"] if getattr(parts.row, "extra", None) else []
    arguments = [*(f"{name}: UUID" for name in parts.path), *extra, "db: Db", *parts.me()]
    about = f"Make a {words(parts.row.name)}; that it is there already is no error."
    call = f"allowed({parts.call()})" if parts.query.refused == 403 else parts.call()
    body = [*_check_files(parts, "new"), f"return no_content({call})"]
    return _function(parts.resolved, parts.route, about, arguments, body, status_code="204")


def _delete_edge(parts: _Parts) -> str:
    arguments = [*(f"{name}: UUID" for name in parts.path), "db: Db", *parts.me()]
    about = f"Delete a {words(parts.row.name)}; that it is not there is no error."
    body = [parts.call(), "return no_content(True)"]
    return _function(parts.resolved, parts.route, about, arguments, body, status_code="204")


def _custom(parts: _Parts) -> str:
    assert parts.route.custom is not None
    name = variable(parts.row.name)
    code = _imported(parts.route.custom, parts.resolved)
    me = parts.me() or (["me: Viewing"] if parts.resolved.design.auth else [])
    arguments = ["request: Request", f"{parts.row.name}_id: UUID", "db: Db", *me]
    who = ", me" if me else ""
    body = [
        f"{name} = found({parts.call()})",
        f"return await {code}(request, db, {name}{who})",
    ]
    about = f"{_module(parts.route.custom.code).replace('_', ' ').capitalize()} a {words(parts.row.name)}."
    return _function(parts.resolved, parts.route, about, arguments, body)


def _collection(resolved: ResolvedDesign, route: Route) -> str:
    """Return the route of a hand-written use case that starts from no row."""
    assert route.custom is not None
    name = _module(route.custom.code)
    code = _imported(route.custom, resolved)
    kind = "SignedIn" if asks_for_caller(resolved, route) else "Viewing"
    me = [f"me: {kind}"] if resolved.design.auth else []
    test = role_test(resolved, route)
    body = [f"if not ({test}):", "    raise Forbidden"] if test else []
    body.append(f"return await {code}(request, db{', me' if me else ''})")
    about = f"{words(name).capitalize()}, for {words(route.slice)} as a whole."
    return _function(resolved, route, about, ["request: Request", "db: Db", *me], body)
