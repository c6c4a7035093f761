"""The contract, held against a running candidate before it is timed: every answer must equal what plain SQL finds."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import asyncpg
import httpx
from databases import STATEMENTS, Databases
from operations import CALLERS, OPERATIONS, PAGE, Dialect, Seen
from serving import Server

COLUMNS: Final = """
SELECT p.id, p.body, p.created_at, u.id AS author, u.username, u.display_name,
    (SELECT count(*) FROM likes WHERE likes.post_id = p.id) AS likes
FROM posts AS p JOIN users AS u ON u.id = p.author_id
"""
ONE: Final = COLUMNS + "WHERE p.id = $1"
OF_USER: Final = COLUMNS + "WHERE p.author_id = $1 ORDER BY p.id DESC LIMIT 40"
FEED: Final = (
    COLUMNS
    + "WHERE p.author_id IN (SELECT followee_id FROM follows WHERE follower_id = $1) ORDER BY p.id DESC LIMIT 40"
)
MISSING: Final = 999_999_999
BODY: Final = 'héllo "x"'
WARMING, COUNTED = 40, 20


@dataclass(frozen=True, slots=True)
class Calls:
    """Calls of one server, as a caller or as nobody."""

    client: httpx.Client
    dialect: Dialect
    tokens: Mapping[int, str]

    def send(self, operation: str, number: int, *, caller: int | None = None, query: str = "") -> httpx.Response:
        """Return the answer to an operation on the row with a number."""
        body = {"body": BODY} if operation == "create" else None
        return self.request(operation, number, self.tokens[caller] if caller else None, query=query, body=body)

    def request(
        self, operation: str, number: int, token: str | None, *, query: str = "", body: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Return the answer to an operation with a token and a body of one's own."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        path = self.dialect.path(operation, number) + query
        return self.client.request(self.dialect.method(operation), path, json=body, headers=headers)


def check(server: Server, tokens: Mapping[int, str], databases: Databases, database: str) -> None:
    """Raise AssertionError unless the server keeps the contract; `database` is where plain SQL finds the answers."""
    with httpx.Client(base_url=server.url, timeout=20) as client:
        calls = Calls(client, server.candidate.dialect, tokens)
        for number in (1, 777, 123_456, 200_000):
            answer = calls.send("read one", number).raise_for_status().json()
            _same(server, [calls.dialect.post(answer)], _found(databases, database, ONE, number, calls.dialect))
        for number in (7, 42, 6993):
            _check_pages(
                server, calls, "list of 20", number, _found(databases, database, OF_USER, number, calls.dialect)
            )
            _check_pages(server, calls, "feed", number, _found(databases, database, FEED, number, calls.dialect))
        _check_refusals(calls)
        _check_writes(calls)


def count_statements(server: Server, tokens: Mapping[int, str], databases: Databases) -> dict[str, float]:
    """Return how many statements the database ran for a request of each operation, BEGIN and COMMIT too."""
    found = {}
    with httpx.Client(base_url=server.url, timeout=20) as client:
        calls = Calls(client, server.candidate.dialect, tokens)
        for operation in OPERATIONS:
            for turn in range(WARMING):
                _send_ordinary(calls, operation, turn)
            databases.execute("postgres", "SELECT pg_stat_statements_reset()")
            for turn in range(COUNTED):
                _send_ordinary(calls, operation, WARMING + turn)
            found[operation] = float(databases.value("postgres", STATEMENTS, server.candidate.database)) / COUNTED
    return found


def _send_ordinary(calls: Calls, operation: str, turn: int) -> None:
    caller = CALLERS[turn * 13 % len(CALLERS)]
    number = caller if operation == "list of 20" else turn * 991 + 1
    calls.send(operation, number, caller=None if operation in ("read one", "list of 20") else caller).raise_for_status()


def _check_pages(server: Server, calls: Calls, operation: str, number: int, expected: Sequence[Seen]) -> None:
    caller = number if operation == "feed" else None
    first = calls.send(operation, number, caller=caller).raise_for_status().json()
    _same(server, calls.dialect.posts(first), expected[:PAGE])
    if expected[PAGE:]:
        query = calls.dialect.next_page(first)
        second = calls.send(operation, number, caller=caller, query=query).raise_for_status().json()
        _same(server, calls.dialect.posts(second), expected[PAGE:])


def _check_refusals(calls: Calls) -> None:
    token = calls.tokens[7]
    _status(calls.send("read one", MISSING), 404)
    _status(calls.send("feed", 7), 401, 403)
    _status(calls.request("feed", 7, token[:-3] + "abc"), 401, 403)
    _status(calls.request("create", 7, token, body={"body": ""}), 400, 422)
    _status(calls.request("create", 7, None, body={"body": BODY}), 401, 403)
    _status(calls.send("like", MISSING, caller=7), 404)
    _status(calls.send("like", 1), 401, 403)


def _check_writes(calls: Calls) -> None:
    answer = calls.send("create", 7, caller=7)
    _status(answer, 201)
    made = calls.dialect.post(answer.json())
    assert (made.body, made.username, made.likes) == (BODY, "user7", 0), made
    before = _read(calls, 12).likes
    for _ in range(2):
        _status(calls.send("like", 12, caller=7), 204)
    assert _read(calls, 12).likes == before + 1, (before, _read(calls, 12))


def _read(calls: Calls, number: int) -> Seen:
    return calls.dialect.post(calls.send("read one", number).raise_for_status().json())


def _status(answer: httpx.Response, *expected: int) -> None:
    assert answer.status_code in expected, f"{answer.request.method} {answer.url}: {answer.status_code} {answer.text}"


def _same(server: Server, seen: Sequence[Seen], expected: Sequence[Seen]) -> None:
    assert list(seen) == list(expected), f"{server.candidate.title}: {seen[:1]} is not {expected[:1]}"


def _found(databases: Databases, database: str, sql: str, number: int, dialect: Dialect) -> list[Seen]:
    """Return the posts that a statement finds, with ids as the dialect writes them."""

    async def rows() -> list[Any]:
        connection = await asyncpg.connect(databases.url(database))
        found = await connection.fetch(sql, number)
        await connection.close()
        return list(found)

    return [
        Seen(
            id=dialect.identity(row["id"]),
            body=row["body"],
            created_at=row["created_at"],
            author=dialect.identity(row["author"]),
            username=row["username"],
            display_name=row["display_name"],
            likes=row["likes"],
        )
        for row in asyncio.run(rows())
    ]
