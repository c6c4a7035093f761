"""The built routes without the rest of the application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from app import main
from app.core.errors import install_error_handlers
from app.core.middleware import with_body
from app.core.request_context import RequestContext, current
from fastapi import FastAPI


def plain() -> "Contextual":
    return Contextual(_application())


class Contextual:
    """Gives each request the context that the routes expect, as the built project's own middleware does."""

    def __init__(self, app: FastAPI) -> None:
        self.app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            method, path, query = scope["method"], scope["path"], scope["query_string"]
            context = RequestContext("0" * 16, method, path, query, dict(scope["headers"]))
            if method == "POST":
                context.body = (await receive())["body"]
                receive = with_body(context.body, receive)
            current.set(context)
        await self.app(scope, receive, send)


def _application() -> FastAPI:
    whole = main.create_app()
    app = FastAPI(lifespan=_lifespan(whole), telemetry={"tracing": False, "metrics": False, "logs": False})
    install_error_handlers(app)
    for router in main.ROUTERS:
        app.include_router(router)
    return app


def _lifespan(whole: FastAPI) -> Any:
    """Return the built application's own lifespan, kept on another application."""

    @asynccontextmanager
    async def running(app: FastAPI) -> AsyncIterator[None]:
        whole.state = app.state
        async with whole.router.lifespan_context(whole):
            yield

    return running
