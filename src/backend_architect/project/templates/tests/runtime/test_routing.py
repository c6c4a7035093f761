"""What is answered directly is answered as FastAPI alone answers it: nobody's guard is left out."""

from collections.abc import AsyncIterator
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import APIRouter, Cookie, Depends, FastAPI, Header, HTTPException, Query, Request, Response, Security
from fastapi.responses import JSONResponse, PlainTextResponse
from fastapi.security import HTTPBearer, SecurityScopes
from pydantic import BaseModel
from starlette.middleware import Middleware
from starlette.routing import Mount

from app.core.routing import DirectRoute, DirectRoutes
from tests.conftest import Client
from tests.runtime.probe import answered_by

pytestmark = pytest.mark.anyio


def answer(request: Request, *values: object) -> Response:
    """Return the values, and who has called the route."""
    found = {"values": list(map(str, values)), "called": request.scope.get("called"), "path": request.path_params}
    return JSONResponse(found, headers={"answered-by": answered_by(request)})


def called(request: Request, name: str) -> str:
    request.scope.setdefault("called", []).append(name)
    return name


async def only_admins(request: Request) -> None:
    called(request, "only_admins")
    if request.headers.get("x-admin") != "yes":
        raise HTTPException(403, "Only for admins.", {"x-why": "no admin"})


async def first(request: Request) -> str:
    return called(request, "first")


async def second(request: Request, first: Annotated[str, Depends(first)], x_much: Annotated[int, Header()] = 1) -> str:
    return called(request, f"second after {first}, {x_much}")


async def fresh(request: Request) -> str:
    return called(request, "fresh")


async def lent(request: Request) -> AsyncIterator[str]:
    yield called(request, "lent")


def threaded(request: Request) -> str:
    return called(request, "threaded")


async def scoped(request: Request, scopes: SecurityScopes) -> str:
    return called(request, f"scopes {scopes.scope_str}")


class Filter(BaseModel):
    size: int = 3


First, Second, Fresh = Depends(first), Depends(second), Depends(fresh, use_cache=False)


def plain() -> APIRouter:
    router = APIRouter(route_class=DirectRoute)

    @router.get("/things/{thing}")
    async def things(request: Request, thing: UUID, much: Annotated[int, Query(le=9)] = 1) -> Response:
        return answer(request, thing, much)

    @router.get("/both", dependencies=[Second, Fresh, First])
    async def both(request: Request, a: Annotated[str, First], b: Annotated[str, Second], c: Annotated[str, Fresh]) -> Response:
        return answer(request, a, b, c)

    @router.get("/number/{number:int}")
    async def number(request: Request, number: int) -> Response:
        return answer(request, number)

    @router.get("/fails/{status}")
    async def fails(status: int) -> Response:
        raise HTTPException(status, "As asked.", {"retry-after": "7"})

    return router


def unusual() -> APIRouter:
    router = APIRouter(route_class=DirectRoute)

    @router.get("/lent")
    async def use(request: Request, value: Annotated[str, Depends(lent)]) -> Response:
        return answer(request, value)

    @router.get("/threaded", dependencies=[Depends(threaded), Depends(HTTPBearer(auto_error=False))])
    async def wait(request: Request) -> Response:
        return answer(request)

    @router.get("/scoped", dependencies=[Security(scoped, scopes=["write"])])
    async def write(request: Request) -> Response:
        return answer(request)

    @router.get("/cookie")
    async def cookie(request: Request, a: Annotated[str, Cookie()] = "") -> Response:
        return answer(request, a)

    @router.get("/many")
    async def many(request: Request, a: Annotated[list[int], Query()]) -> Response:
        return answer(request, a)

    @router.get("/model")
    async def model(request: Request, by: Annotated[Filter, Query()] = Filter(size=5)) -> Response:  # noqa: B008
        return answer(request, by)

    @router.get("/header")
    async def header(request: Request, response: Response) -> Response:
        response.headers["x-lost"] = "as in FastAPI"
        return answer(request)

    return router


def application(*middleware: Middleware) -> FastAPI:
    """Return an application that includes routers in every way."""
    app = FastAPI(middleware=middleware)
    app.add_exception_handler(418, lambda request, error: PlainTextResponse("teapot", 418))
    app.router.routes.append(Mount("/mounted", PlainTextResponse("mounted")))

    @app.get("/plain/things/{thing}/hidden")
    async def hidden(request: Request, thing: str) -> Response:
        return answer(request, "the one that comes first", thing)

    app.include_router(plain(), prefix="/plain")
    app.include_router(unusual(), prefix="/unusual")
    app.include_router(plain(), prefix="/included", dependencies=[Depends(only_admins)])
    own = APIRouter(prefix="/own", dependencies=[Depends(only_admins)], route_class=DirectRoute)
    outer = APIRouter(prefix="/outer", dependencies=[Depends(only_admins)])

    @own.get("/thing")
    async def thing(request: Request) -> Response:
        return answer(request)

    outer.include_router(plain(), prefix="/inner", dependencies=[First])
    app.include_router(own)
    app.include_router(outer)
    hiding = APIRouter(route_class=DirectRoute)

    @hiding.get("/mounted/{thing}")
    @hiding.get("/plain/things/{thing}/hidden")
    async def never(request: Request) -> Response:
        return answer(request, "the one that comes second")

    app.include_router(hiding)
    return app


THING = "/things/01890a5d-ac96-774b-bcce-b302099a8057"
ADMIN = {"x-admin": "yes"}
REQUESTS = [
    ("DirectRoutes", f"/plain{THING}", {}, 200),
    ("DirectRoutes", f"/plain{THING}?much=5&much=7", {}, 200),
    ("FastAPI", f"/plain{THING}?much=10", {}, 422),
    ("FastAPI", "/plain/things/none", {}, 422),
    ("FastAPI", "/mounted/1", {}, 200),
    ("FastAPI", f"/plain{THING}/hidden", {}, 200),
    ("FastAPI", f"/plain{THING}/", {}, 307),
    ("FastAPI", "/plain/number/7", {}, 200),
    ("DirectRoutes", "/plain/both", {"x-much": "4"}, 200),
    ("FastAPI", "/plain/both", {"x-much": "many"}, 422),
    ("DirectRoutes", "/plain/fails/409", {}, 409),
    ("DirectRoutes", "/plain/fails/418", {}, 418),
    ("DirectRoutes", f"/included{THING}", {}, 403),
    ("DirectRoutes", f"/included{THING}", ADMIN, 200),
    ("DirectRoutes", "/own/thing", {}, 403),
    ("DirectRoutes", "/own/thing", ADMIN, 200),
    ("DirectRoutes", f"/outer/inner{THING}", {}, 403),
    ("DirectRoutes", f"/outer/inner{THING}?much=2", ADMIN, 200),
    ("FastAPI", f"/outer/inner{THING}?much=x", {}, 403),
    ("FastAPI", "/things/1", {}, 404),
    *(("FastAPI", f"/unusual/{name}", {}, 200) for name in ("lent", "threaded", "scoped", "cookie", "header")),
    ("FastAPI", "/unusual/cookie", {"cookie": "a=b"}, 200),
    ("FastAPI", "/unusual/many?a=1&a=2", {}, 200),
    ("FastAPI", "/unusual/model?size=4", {}, 200),
]


async def ask(app: FastAPI, path: str, headers: dict[str, str]) -> tuple[Any, ...]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://api.example") as client:
        found = await client.get(path, headers=headers)
    return found.headers.pop("answered-by", ""), found.status_code, found.text, sorted(found.headers.items())


@pytest.mark.parametrize(("by", "path", "headers", "status"), REQUESTS)
async def test_direct_answers_are_those_of_fastapi(by: str, path: str, headers: dict[str, str], status: int) -> None:
    direct = await ask(application(Middleware(DirectRoutes)), path, headers)
    assert direct[1:] == (await ask(application(), path, headers))[1:]
    assert direct[1] == status
    assert direct[0] in {by, ""}


async def test_what_is_changed_later_counts() -> None:
    app = application(Middleware(DirectRoutes))
    late = APIRouter(route_class=DirectRoute)
    assert (await ask(app, "/late/things/1", {}))[1] == 404
    app.include_router(late, prefix="/late", dependencies=[Depends(only_admins)])
    late.add_api_route("/things/{thing}", _late, methods=["GET"])
    assert [(await ask(app, "/late/things/1", headers))[:2] for headers in ({}, ADMIN)] == [("", 403), ("DirectRoutes", 200)]
    app.dependency_overrides[only_admins] = lambda: None
    assert (await ask(app, "/late/things/1", {}))[:2] == ("FastAPI", 200)


async def _late(request: Request, thing: int) -> Response:
    return answer(request, thing)


async def test_the_application_answers_directly(client: Client) -> None:
    answered = await client.post("/probe/answered", json={"name": "x"})
    assert answered.json() == {"by": "DirectRoutes", "name": "x"}
