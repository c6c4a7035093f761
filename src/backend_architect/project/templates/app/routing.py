"""A FastAPI route that answers ordinary requests without FastAPI's per-request machinery.

Routes are written as for any FastAPI router; only the router names the class:

    router = APIRouter(prefix="/posts", route_class=DirectRoute)

The signature is compiled once, when the route is added. Whatever is not plainly understood (a `yield` or `def`
dependency, forms, cookies, a response model ...) and every request with a wrong value is FastAPI's own to answer,
so the OpenAPI document and the validation errors are FastAPI's by construction.
"""

import inspect
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from types import NoneType
from typing import Any, get_args
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request, Response, params
from fastapi._compat import ModelField
from fastapi.dependencies.models import Dependant
from fastapi.dependencies.utils import get_typed_return_annotation
from fastapi.routing import APIRoute, _effective_route_context_var, request_response
from pydantic import BaseModel, ValidationError
from starlette.routing import request_response as plain_request_response

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
SCALARS = (int, str, float, UUID, date, datetime, Enum)


class NotPlain(Exception):
    """This signature or request is FastAPI's to handle."""


@dataclass(frozen=True, slots=True)
class Call:
    """One function of the request: the endpoint, or a dependency, with the values that it takes."""

    function: Callable[..., Awaitable[Any]]
    name: str
    path: tuple[ModelField, ...]
    query: tuple[ModelField, ...]
    headers: tuple[ModelField, ...]
    body: tuple[str, type[BaseModel]] | None
    request: str | None
    dependencies: tuple["Call", ...]


class DirectRoute(APIRoute):
    """A route that reads its parameters and calls its dependencies directly where their kinds allow it."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        super().__init__(path, endpoint, **options)
        self.options = options
        handler = self.get_route_handler()
        if getattr(handler, "is_direct", False) and self.max_body_size is None:
            self.app = plain_request_response(handler)

    def get_route_handler(self) -> Handler:
        """Return the compiled handler, or FastAPI's when the signature has anything unusual."""
        fastapi_handler = super().get_route_handler()
        included = _effective_route_context_var.get()
        route: Any = included if included is not None and included.original_route is self else self
        if not returns_response(route.endpoint):
            return fastapi_handler
        try:
            endpoint = compile_call(route.dependant)
        except NotPlain:
            return fastapi_handler
        return direct_handler(endpoint, fastapi_handler, route.dependency_overrides_provider)


def include(app: FastAPI, router: APIRouter, *, prefix: str) -> None:
    """Add the routes of `router` to the application itself: matching a request then takes one step, not two."""
    for route in router.routes:
        if isinstance(route, DirectRoute):
            app.router.routes.append(DirectRoute(prefix + route.path, route.endpoint, **route.options))
        else:
            raise TypeError(f"{route} needs route_class=DirectRoute on its router")


def direct_handler(endpoint: Call, fastapi_handler: Handler, overrides: Any) -> Handler:
    """Return a handler that calls `endpoint`, and leaves wrong values and overridden dependencies to FastAPI."""

    async def handle(request: Request) -> Response:
        if overrides is not None and overrides.dependency_overrides:
            return await in_fastapi(fastapi_handler, request)
        try:
            arguments = await read_arguments(endpoint, request)
        except (NotPlain, ValidationError):
            return await in_fastapi(fastapi_handler, request)
        response: Response = await run(endpoint, arguments, {})
        return response

    handle.is_direct = True  # type: ignore[attr-defined]
    return handle


async def in_fastapi(fastapi_handler: Handler, request: Request) -> Response:
    """Return FastAPI's answer, which is sent inside the exit stacks that it expects."""
    if "fastapi_inner_astack" in request.scope:
        return await fastapi_handler(request)

    async def handle(_: Request) -> Response:
        return await fastapi_handler(request)  # the first request: its body has been read

    app = request_response(handle)
    return AsgiResponse(app)


class AsgiResponse(Response):
    """An ASGI application in the place of a response."""

    def __init__(self, app: Any) -> None:
        super().__init__()
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)


def compile_call(dependant: Dependant) -> Call:
    """Return what `dependant` takes, by kind; raise NotPlain for anything that only FastAPI does."""
    function, unusual = dependant.call, (
        dependant.cookie_params, dependant.websocket_param_name, dependant.http_connection_param_name,
        dependant.response_param_name, dependant.background_tasks_param_name, dependant.security_scopes_param_name,
        dependant.own_oauth_scopes, dependant.concurrency, not dependant.use_cache, len(dependant.body_params) > 1)  # fmt: skip
    if function is None or any(unusual) or not is_async(function):
        raise NotPlain
    return Call(
        function=function,
        name=dependant.name or "",
        path=plain_fields(dependant.path_params),
        query=plain_fields(dependant.query_params),
        headers=plain_fields(dependant.header_params),
        body=body_model(dependant.body_params[0]) if dependant.body_params else None,
        request=dependant.request_param_name,
        dependencies=tuple(compile_call(each) for each in dependant.dependencies),
    )


def returns_response(endpoint: Callable[..., Any]) -> bool:
    kind = get_typed_return_annotation(endpoint)
    return isinstance(kind, type) and issubclass(kind, Response)


def is_async(function: Callable[..., Any]) -> bool:
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(getattr(function, "__call__", None))


def plain_fields(fields: list[ModelField]) -> tuple[ModelField, ...]:
    """Return the fields if each is one scalar (or None) under one name."""
    for field in fields:
        kinds = [kind for kind in get_args(field.field_info.annotation) or [field.field_info.annotation] if kind is not NoneType]
        if field.validation_alias or len(kinds) != 1 or not isinstance(kinds[0], type) or not issubclass(kinds[0], SCALARS):
            raise NotPlain
    return tuple(fields)


def body_model(field: ModelField) -> tuple[str, type[BaseModel]]:
    """Return the name and the model of a required JSON body that is one pydantic model."""
    info, model = field.field_info, field.field_info.annotation
    if type(info) is not params.Body or info.embed or not info.is_required():
        raise NotPlain
    if not isinstance(model, type) or not issubclass(model, BaseModel):
        raise NotPlain
    return field.name, model


async def read_arguments(call: Call, request: Request) -> dict[int, dict[str, Any]]:
    """Return the checked arguments of `call` and of its dependencies; nothing has run yet if one is wrong."""
    found: dict[int, dict[str, Any]] = {}
    for dependency in call.dependencies:
        found |= await read_arguments(dependency, request)
    own: dict[str, Any] = {}
    if call.path:
        convert(call.path, request.path_params, own)
    if call.query:
        convert(call.query, request.query_params if request.scope["query_string"] else {}, own)
    if call.headers:
        convert(call.headers, request.headers, own)
    if call.body:
        name, model = call.body
        if request.headers.get("content-type") != "application/json":
            raise NotPlain
        own[name] = model.model_validate_json(await request.body())
    if call.request:
        own[call.request] = request
    found[id(call)] = own
    return found


def convert(fields: tuple[ModelField, ...], received: Any, into: dict[str, Any]) -> None:
    """Put each field's checked value, or its default, into `into`."""
    for field in fields:
        text = received.get(field.alias)
        if text is None:
            if field.field_info.is_required() or field.field_info.validate_default:
                raise NotPlain
            into[field.name] = field.get_default()
            continue
        into[field.name], errors = field.validate(text)
        if errors:
            raise NotPlain


async def run(call: Call, arguments: dict[int, dict[str, Any]], done: dict[Any, Any]) -> Any:
    """Return what `call` returns, its dependencies first; a function that two of them need runs once."""
    own = arguments[id(call)]
    for dependency in call.dependencies:
        if dependency.function not in done:
            done[dependency.function] = await run(dependency, arguments, done)
        if dependency.name:
            own[dependency.name] = done[dependency.function]
    return await call.function(**own)
