"""A connection for code that waits: each call returns when the database has answered."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from threading import Lock, Thread
from typing import Any, Self, TypeVar

from backend_architect.postgres.connection import OLDEST, Connection, connect

T = TypeVar("T")


class Session:
    """One connection, usable from several threads: their calls take turns."""

    def __init__(self, url: str, *, oldest: int = OLDEST, settings: Mapping[str, str] | None = None) -> None:
        """Open it; what the arguments mean and what is raised is `connect`'s."""
        self._loop = asyncio.new_event_loop()
        self._turn = Lock()
        Thread(target=self._loop.run_forever, daemon=True).start()
        self._connection: Connection = self._wait(connect(url, oldest=oldest, settings=settings))

    def fetch(self, sql: str, *args: object) -> list[Mapping[str, Any]]:
        """Return all rows."""
        rows: list[Mapping[str, Any]] = self._wait(self._connection.fetch(sql, *args))
        return rows

    def value(self, sql: str, *args: object) -> Any:
        """Return the first column of the first row, or None."""
        return self._wait(self._connection.fetchval(sql, *args))

    def run(self, sql: str, *args: object) -> None:
        """Run a statement, or without arguments several of them."""
        self._wait(self._connection.execute(sql, *args))

    def ask(self, question: Callable[[Connection], Coroutine[Any, Any, T]]) -> T:
        """Return what a question asks of the connection, such as `read_catalog`."""
        return self._wait(question(self._connection))

    def close(self) -> None:
        """Close the connection."""
        self._wait(self._connection.close())
        self._loop.call_soon_threadsafe(self._loop.stop)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        with self._turn:
            return asyncio.run_coroutine_threadsafe(work, self._loop).result()
