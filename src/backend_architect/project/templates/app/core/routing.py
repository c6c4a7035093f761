"""Routes that are answered without FastAPI's machinery for each request, and written as for any FastAPI router:

    router = APIRouter(prefix="/v1", tags=["posts"], route_class=DirectRoute)

`DirectRoutes`, the innermost middleware, reads what FastAPI has made of the application's routes: with the prefixes and
dependencies of their routers and inclusions, in FastAPI's order. It answers those of the class `DirectRoute` itself.
Whatever is not plain (a `yield` dependency, a form, a cookie) and every request with a wrong value is left to FastAPI,
so that the OpenAPI document and the errors are FastAPI's own. Without both classes everything works as it does, only
slower, and HEAD is not answered.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, fields
from inspect import iscoroutinefunction, unwrap
from typing import Any, NamedTuple, TypeAlias

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi._compat import field_annotation_is_scalar
from fastapi.dependencies.utils import get_typed_return_annotation
from fastapi.params import Body, Form
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts
from pydantic import BaseModel, ValidationError
from starlette.convertors import StringConvertor
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.request_context import current


class LeaveToFastAPI(Exception):
    """This has something that FastAPI has to answer."""


@dataclass(frozen=True, slots=True)
class Call:
    """One function of a request, a dependency or the route's own: where each of its arguments comes from."""

    function: Callable[..., Awaitable[Any]]
    path: tuple[Any, ...]
    query: tuple[Any, ...]
    headers: tuple[Any, ...]
    body: tuple[str, type[BaseModel]] | None
    request: str | None
    results: tuple[tuple[str, int], ...]
    defaults: dict[str, Any]
    alone: str | None
    """The name of the request where it takes nothing else, as most dependencies do."""

    def arguments(self, request: Request) -> dict[str, Any]:
        """Return what the request itself gives, checked."""
        values = self.defaults.copy()
        if self.request:
            values[self.request] = request
        if self.path:
            _read(self.path, request.path_params, values)
        if self.query and (request.scope["query_string"] or len(self.query) > len(self.defaults)):
            _read(self.query, request.query_params, values)
        if self.headers:
            _read(self.headers, request.headers, values)
        if self.body:
            name, model = self.body
            try:
                values[name] = model.model_validate_json(current.get().body)
            except ValidationError:
                raise LeaveToFastAPI from None
        return values


Plan: TypeAlias = tuple[Call, ...]  # the last is the route's own function


def _read(fields: tuple[Any, ...], sent: Mapping[str, Any], values: dict[str, Any]) -> None:
    """Put each field's checked value into `values`; one that was not sent keeps its default."""
    for field in fields:
        text = sent.get(field.alias)
        if text is None and field.name in values:
            continue
        values[field.name], errors = field.validate(text)
        if text is None or errors:
            raise LeaveToFastAPI


class DirectRoute(APIRoute):
    """A route that `DirectRoutes` answers, where its signature and those of its dependencies are plain."""


def _plan(route: RouteContext) -> Plan | None:
    """Return how a route is answered, or None where only FastAPI can."""
    answer = get_typed_return_annotation(route.endpoint) if route.endpoint else None
    if not isinstance(answer, type) or not issubclass(answer, Response) or route.max_body_size is not None:
        return None
    calls: list[Call] = []
    try:
        _add(route.dependant, calls, {})
    except LeaveToFastAPI:
        return None
    bodies = [call for call in calls if call.body]
    return tuple(calls) if len(bodies) <= 1 else None  # of two, each is a part of what is sent


def _add(dependant: Any, calls: list[Call], numbers: dict[Any, int]) -> int:
    """Add the calls of a function and its dependencies in FastAPI's order, each once; return the function's number."""
    results = []
    for each in dependant.dependencies:
        if each.scope:
            raise LeaveToFastAPI
        results.append((each.name, _add(each, calls, numbers)))
    if dependant.use_cache and dependant.call in numbers:
        return numbers[dependant.call]
    calls.append(_call(dependant, tuple((name, number) for name, number in results if name)))
    return numbers.setdefault(dependant.call, len(calls) - 1)


UNDERSTOOD = frozenset(
    {
        *("path_params", "query_params", "header_params", "body_params", "request_param_name"),
        *("dependencies", "name", "call", "use_cache", "path", "scope"),
    }
)


def _call(dependant: Any, results: tuple[tuple[str, int], ...]) -> Call:
    """Return how a function is called by FastAPI's description of it; whatever else that says is left to FastAPI."""
    read = dependant.path_params + dependant.query_params + dependant.header_params
    body = _body(dependant.body_params[0]) if dependant.body_params else None
    unusual = (
        any(getattr(dependant, field.name) for field in fields(dependant) if field.name not in UNDERSTOOD),
        not iscoroutinefunction(dependant.call) or not iscoroutinefunction(unwrap(dependant.call)),
        not all(_is_plain(field) for field in read),
        len(dependant.body_params) != (body is not None),
    )
    if any(unusual):
        raise LeaveToFastAPI
    return Call(
        function=dependant.call,
        path=tuple(dependant.path_params),
        query=tuple(dependant.query_params),
        headers=tuple(dependant.header_params),
        body=body,
        request=dependant.request_param_name,
        results=results,
        defaults={field.name: field.default for field in read if not field.field_info.is_required()},
        alone=None if read or body or results else dependant.request_param_name,
    )


def _is_plain(field: Any) -> bool:
    """Return whether a parameter is one text under one name, with a default that no request can change."""
    info = field.field_info
    return (
        field_annotation_is_scalar(info.annotation)
        and info.validation_alias in {None, field.alias}
        and not (field.config or info.default_factory or info.validate_default)
        and (info.is_required() or isinstance(info.default, str | int | float | None))
    )


def _body(field: Any) -> tuple[str, type[BaseModel]] | None:
    info, model = field.field_info, field.field_info.annotation
    plain = isinstance(info, Body) and not isinstance(info, Form) and info.is_required() and not info.embed
    return (field.name, model) if plain and isinstance(model, type) and issubclass(model, BaseModel) else None


class Entry(NamedTuple):
    """A route of the application, with its plan; None for those that are FastAPI's."""

    address: re.Pattern[str]
    route: BaseRoute
    endpoint: Callable[..., Any] | None
    plan: Plan | None


ANY = re.compile("")


class DirectRoutes:
    """Middleware that answers direct routes, and passes every other request on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.lists: list[list[BaseRoute]] = []
        self.count = -1  # of the routes that were read
        self.anywhere: list[Entry] = []
        self.entries: dict[tuple[str, int], list[Entry]] = {}
        self.failed: ASGIApp = _fail

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                self._read_routes(scope["app"])
            await self.app(scope, receive, send)
            return
        if sum(map(len, self.lists)) != self.count:
            self._read_routes(scope["app"])
        if scope["method"] == "HEAD" and self._find(scope) is None:  # answered as GET is, without the body
            scope["method"], send = "GET", _without_body(send)
        plan = self._plan_of(scope)
        answer = self.app if plan is None else await self._answer(plan, Request(scope, receive, send))
        await answer(scope, receive, send)

    async def _answer(self, plan: Plan, request: Request) -> ASGIApp:
        """Return the route's answer, or what gives one in its place."""
        results: list[Any] = []
        try:
            # All is checked before anything runs: FastAPI would run it again.
            ready = [{call.alone: request} if call.alone else call.arguments(request) for call in plan]
            for call, values in zip(plan, ready, strict=True):
                for name, number in call.results:
                    values[name] = results[number]
                results.append(await call.function(**values))
        except LeaveToFastAPI:
            return self.app
        except Exception as error:  # noqa: BLE001 - handled as the application says, else raised again
            request.scope["app.error"] = error
            return self.failed
        answer: ASGIApp = results[-1]
        return answer

    def _plan_of(self, scope: Scope) -> Plan | None:
        """Return how this request is answered directly, and note what FastAPI would note of its route."""
        found = self._find(scope)
        if found is None or found[0].plan is None or scope["app"].dependency_overrides or scope.get("root_path"):
            return None
        entry, match = found
        scope["route"], scope["endpoint"] = entry.route, entry.endpoint
        scope["path_params"] = {**scope.get("path_params", {}), **match.groupdict()}
        return entry.plan

    def _find(self, scope: Scope) -> tuple[Entry, re.Match[str]] | None:
        """Return the first route for this method and address, as FastAPI would."""
        path = scope["path"]
        for entry in self.entries.get((scope["method"], path.count("/")), self.anywhere):
            match = entry.address.match(path)
            if match:
                return entry, match
        return None

    def _read_routes(self, app: FastAPI) -> None:
        """Take over the routes as they are now, those of included routers too."""
        self.lists = _lists(app.router)
        self.count = sum(map(len, self.lists))
        self.anywhere, self.entries = [], {}
        handled = {kind: how for kind, how in app.exception_handlers.items() if kind not in (500, Exception)}
        self.failed = ExceptionMiddleware(_fail, handled)
        for route in iter_route_contexts(app.routes):
            if not isinstance(route.original_route, WebSocketRoute):
                self._add(route)

    def _add(self, route: RouteContext) -> None:
        kind = type(route.original_route)
        known = getattr(kind, "matches", None) in {Route.matches, APIRoute.matches, Mount.matches}
        address = route.path_regex if known else ANY
        convertors = route.param_convertors.values() if known else ()
        if not known or not route.methods or any(type(each) is not StringConvertor for each in convertors):
            self.anywhere.append(Entry(address, route.original_route, None, None))
            for entries in self.entries.values():
                entries.append(self.anywhere[-1])
            return
        plan = _plan(route) if kind is DirectRoute else None
        entry = Entry(address, route.original_route, route.endpoint, plan)
        for method in route.methods:
            key = (method, (route.path or "").count("/"))
            self.entries.setdefault(key, [*self.anywhere]).append(entry)


def _lists(router: APIRouter) -> list[list[BaseRoute]]:
    """Return the lists that hold the routes of a router and of those that it includes."""
    inner = [each.original_router for each in router.routes if hasattr(each, "original_router")]
    return [router.routes, *(routes for each in inner for routes in _lists(each))]


def _without_body(send: Send) -> Send:
    """Return a `send` that passes on everything of an answer but its body."""

    async def send_head(message: Message) -> None:
        if message["type"] != "http.response.start":
            message = {"type": "http.response.body", "more_body": message.get("more_body", False)}
        await send(message)

    return send_head


async def _fail(scope: Scope, receive: Receive, send: Send) -> None:
    raise scope["app.error"]
