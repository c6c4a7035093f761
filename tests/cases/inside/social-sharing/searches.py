"""A search finds all that there is, page by page, and no page of it reads more than it may, whatever the words are."""

import pytest
from app.core.database import Database
from tests.conftest import Client, Connection, People

pytestmark = pytest.mark.anyio

WRITTEN = """
INSERT INTO posts (author_id, body, audience, created_at)
SELECT $1, concat_ws(' ',
    CASE WHEN n % 2 = 0 THEN 'alpha' ELSE 'beta' END,
    CASE WHEN n > $2 / 2 THEN 'early bird' ELSE 'late riser' END,
    CASE WHEN n % 997 = 0 THEN 'rare' END,
    CASE WHEN n % 5 = 0 AND n > $2 / 2 THEN 'old' END),
    CASE WHEN n % 3 = 0 THEN 'followers' ELSE 'public' END,
    now() - n * interval '1 minute'
FROM generate_series($2::int, 1, -1) AS n
"""
FOUND = """
SELECT id::text FROM posts WHERE search @@ websearch_to_tsquery('simple', $1) AND audience = 'public'
ORDER BY created_at DESC, id DESC
"""
SEARCHES = [
    *("alpha", "alpha beta", "early late", "late", "rare", "alpha rare", "old", "nothing", "-alpha", "-alpha -beta"),
    *(
        '"early bird"',
        '"bird early"',
        '"late alpha"',
        "rare or nothing",
        "alpha or beta",
        "rare -alpha",
        "!!",
        "old -early",
    ),
]


async def found_by(client: Client, words: str, limit: int) -> tuple[list[str], int]:
    """Return the ids on all pages of a search, and the number of pages."""
    found, pages, after = [], 0, None
    while True:
        sent = {"q": words, "limit": str(limit)} | ({"after": after} if after else {})
        answer = await client.get("/v1/search", params=sent)
        assert answer.status_code == 200, answer.text
        found += [item["id"] for item in answer.json()["items"]]
        assert len(answer.json()["items"]) <= limit
        pages, after = pages + 1, answer.json()["next"]
        if after is None:
            return found, pages


async def test_every_match_is_found_once_and_in_order(people: People, db: Database, inspector: Connection) -> None:
    reader = await people("eve")
    await write(people, inspector, 12_000)
    for words in SEARCHES:
        expected = [row["id"] for row in await db.fetch(FOUND, words)]
        for limit in (100, 3) if len(expected) < 50 else (100,):
            found, pages = await found_by(reader, words, limit)
            assert found == expected, words
            assert pages <= len(expected) / limit + 12_000 / 3_000 + 1, words


async def test_no_page_reads_more_than_it_may(people: People, inspector: Connection) -> None:
    reader = await people("eve")
    await write(people, inspector, 60_000)
    read: dict[str, int] = {}
    for words in SEARCHES * 2:  # the lower figure of two: others, such as autovacuum, read the table as well
        before = await rows_read(inspector)
        assert (await reader.get("/v1/search", params={"q": words})).status_code == 200
        read[words] = min(read.get(words, 60_000), await rows_read(inspector) - before)
    assert max(read.values()) <= 10_000, read
    assert read["alpha"] < 1_000


async def write(people: People, inspector: Connection, many: int) -> None:
    """Store so many posts, a third of them for followers of their author alone."""
    await inspector.execute(WRITTEN.replace("$1", f"'{(await people('ann')).id}'").replace("$2", str(many)))
    await inspector.execute("VACUUM ANALYZE posts")


async def rows_read(inspector: Connection) -> int:
    """Return how many rows of posts have been read so far, by the sessions that have told theirs."""
    await inspector.execute(
        "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
        " WHERE application_name = 'app' AND datname = current_database()"
    )
    await inspector.execute("SELECT pg_stat_clear_snapshot()")
    found = await inspector.fetchval(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'posts'"
    )
    assert isinstance(found, int)
    return found
