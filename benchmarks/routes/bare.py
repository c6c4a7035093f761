"""The practical limit: bare ASGI and asyncpg, with the statements and row functions of the built project."""

import os
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from app.core.pagination import LAST_ID
from app.likes import queries as likes
from app.posts import queries as posts
from pgqueuer.adapters.persistence.qb import QueryQueueBuilder

NEWEST = datetime.max.replace(tzinfo=UTC)
ENQUEUE = QueryQueueBuilder().build_enqueue_query("raise")
NOW = timedelta()
JSON = (b"content-type", b"application/json")
pool: Any = None


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await _live(receive, send)
        return
    parts, headers = scope["path"].split("/"), dict(scope["headers"])
    if scope["method"] == "GET":
        status, body = 200, msgspec.json.encode(await _read(parts, headers))
    elif scope["method"] == "POST":
        status, body = 201, msgspec.json.encode(await _create(UUID(headers[b"x-user"].decode()), await receive()))
    else:
        status, body = 204, b""
        await pool.fetchval(likes.PUT, UUID(headers[b"x-user"].decode()), UUID(parts[3]))
    answer = [JSON, (b"content-length", b"%d" % len(body))] if body else []
    await send({"type": "http.response.start", "status": status, "headers": answer})
    await send({"type": "http.response.body", "body": body})


async def _create(user: UUID, message: Any) -> Any:
    """Store the post and its job together, as the project does."""
    new = msgspec.json.decode(message["body"])
    async with pool.acquire() as connection, connection.transaction():
        row = await connection.fetchrow(posts.CREATE, user, new["body"], "public", None)
        payload = str(row["id"]).encode()
        await connection.fetch(ENQUEUE, [0], ["notify_followers"], [payload], [NOW], [None], ["null"])
    return posts._post(row)


async def _read(parts: list[str], headers: dict[bytes, bytes]) -> Any:
    if parts[2] == "posts":
        return posts._post(await pool.fetchrow(posts.READ, None, UUID(parts[3])))
    if parts[2] == "users":
        rows = await pool.fetch(posts.OF_USER, None, UUID(parts[3]), NEWEST, LAST_ID, 21)
    else:
        rows = await pool.fetch(posts.FEED, UUID(headers[b"x-user"].decode()), NEWEST, LAST_ID, 21)
    return {"items": [posts._post(row) for row in rows[:20]], "next": None}


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
