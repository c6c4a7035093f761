"""The practical limit: bare ASGI and asyncpg, with the statements and row functions of the built project."""

import os
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from app.pagination import LAST_ID
from app.posts import queries

NEWEST = datetime.max.replace(tzinfo=UTC)
JSON = (b"content-type", b"application/json")
pool: Any = None


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    body = msgspec.json.encode(await _answer(scope["path"].split("/"), dict(scope["headers"])))
    headers = [JSON, (b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _answer(parts: list[str], headers: dict[bytes, bytes]) -> Any:
    if parts[2] == "posts":
        return queries._post(await pool.fetchrow(queries.READ, None, UUID(parts[3])))
    if parts[2] == "users":
        rows = await pool.fetch(queries.OF_USER, None, UUID(parts[3]), NEWEST, LAST_ID, 21)
    else:
        rows = await pool.fetch(queries.FEED, UUID(headers[b"x-user"].decode()), NEWEST, LAST_ID, 21)
    return {"items": [queries._post(row) for row in rows[:20]], "next": None}


async def _live(receive: Any, send: Any) -> None:
    global pool  # noqa: PLW0603 - as short as it gets, since this is what the others are held against
    await receive()
    pool = await asyncpg.create_pool(
        os.environ["DATABASE_URL"], min_size=10, max_size=10, reset=_no_reset, server_settings={"jit": "off"}
    )
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await pool.close()
    await send({"type": "lifespan.shutdown.complete"})


async def _no_reset(_: Any) -> None: ...
