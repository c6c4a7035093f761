"""The addresses that machines ask: is it alive, is it ready for traffic, what are its figures. They have no limits."""

import hmac
import logging
from asyncio import timeout
from pathlib import Path

from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from app.database import Database
from app.errors import NotFound, Problem, Unavailable

log = logging.getLogger("app.health")
router = APIRouter(include_in_schema=False)

PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
APPLIED = "SELECT /* health.ready */ max(version) FROM schema_migrations"
NEWEST = max((path.name.split("_")[0] for path in Path("migrations").glob("*.sql")), default="")


@router.get("/healthz")
async def alive() -> Response:
    """Return 200 as long as the process answers at all."""
    return Response(b"alive", media_type="text/plain")


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """Return 200 when a request would find what it needs: not stopping, the database there and migrated."""
    if request.app.state.stopping.is_set():
        raise Unavailable("Stopping.")
    database: Database = request.app.state.database
    try:
        async with timeout(1):
            applied = await database.fetchval(APPLIED)
    except (TimeoutError, Problem) as error:
        raise Unavailable("The database does not answer.") from error
    if str(applied or "") < NEWEST:
        raise Unavailable("Migrations are missing.")
    return Response(b"ready", media_type="text/plain")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Return the figures for Prometheus; in production only to who holds METRICS_TOKEN."""
    settings = request.app.state.settings
    if settings.metrics_token:
        sent = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(sent, f"Bearer {settings.metrics_token}".encode()):
            raise NotFound
    elif settings.production:
        raise NotFound
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
