"""A cascade over thousands of rows counts each of them, and writes what it counted in a few statements."""

import asyncio
from collections.abc import Awaitable, Callable

import asyncpg

from backend_architect.decisions import decide_all
from backend_architect.design import load_design
from backend_architect.postgres import EmbeddedServer
from backend_architect.queries import build_queries, resolve_design
from backend_architect.schema import build_schema, schema_sql
from tests.conftest import ROOT

MANY = 3_000
BLOCKS_OF_ONE = 40  # of an UPDATE of one row by its key, with its indexes; the whole table has hundreds
FILL = f"""
SET LOCAL session_replication_role = replica;
INSERT INTO users (handle, name) SELECT 'u-' || i, 'name' FROM generate_series(1, {MANY}) i;
INSERT INTO posts (author_id, body) SELECT id, repeat('hello ', 100) FROM users;
UPDATE posts SET shared_id = (SELECT min(p.id::text)::uuid FROM posts p) WHERE author_id = (SELECT id FROM star);
INSERT INTO follows (follower_id, target_id) SELECT users.id, star.id FROM users, star WHERE users.id <> star.id;
INSERT INTO follows (follower_id, target_id) SELECT star.id, users.id FROM users, star WHERE users.id <> star.id;
INSERT INTO likes (user_id, post_id) SELECT star.id, posts.id FROM posts, star;
INSERT INTO comments (author_id, post_id, body) SELECT star.id, posts.id, 'hello' FROM posts, star;
UPDATE users SET
    followers_count = (SELECT count(*) FROM follows WHERE target_id = users.id),
    following_count = (SELECT count(*) FROM follows WHERE follower_id = users.id);
UPDATE posts SET likes_count = 1, comments_count = 1,
    shares_count = (SELECT count(*) FROM posts AS sharing WHERE sharing.shared_id = posts.id);
SET LOCAL session_replication_role = origin;
ANALYZE users, posts, follows, likes, comments;
"""
STAR = "CREATE VIEW star AS SELECT id FROM users WHERE handle = 'u-7'"
WRONG = """
SELECT count(*) FROM (
    SELECT FROM users
    WHERE followers_count <> (SELECT count(*) FROM follows WHERE target_id = users.id)
       OR following_count <> (SELECT count(*) FROM follows WHERE follower_id = users.id)
    UNION ALL SELECT FROM posts
    WHERE likes_count <> (SELECT count(*) FROM likes WHERE post_id = posts.id)
       OR comments_count <> (SELECT count(*) FROM comments WHERE post_id = posts.id)
       OR shares_count <> (SELECT count(*) FROM posts AS sharing WHERE sharing.shared_id = posts.id)
)
"""
UPDATES = """
SELECT query, calls, shared_blks_hit + shared_blks_read AS blocks FROM pg_stat_statements
WHERE NOT toplevel AND query ~ 'UPDATE (users|posts) SET' AND userid = current_user::regrole
  AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def test_the_most_followed_account_is_deleted_in_four_updates(server: EmbeddedServer) -> None:
    async def delete(db: asyncpg.Connection) -> None:
        await forget_statements(db)
        await db.execute(
            "DELETE FROM users WHERE id IN (SELECT id FROM star UNION SELECT id FROM users WHERE handle = 'u-8')"
        )
        updates = await db.fetch(UPDATES)
        assert sorted(each["calls"] for each in updates) == [1, 1, 1, 1], updates  # follows, likes, comments, shares
        assert await db.fetchval(WRONG) == 0
        assert await db.fetchval("SELECT sum(followers_count + following_count) FROM users") == 0

    asyncio.run(on_a_full_database(server, delete))


def test_the_plan_of_many_rows_does_not_harm_a_single_one(server: EmbeddedServer) -> None:
    async def delete(db: asyncpg.Connection) -> None:
        await db.execute("DELETE FROM likes WHERE post_id <> (SELECT shared_id FROM posts WHERE shared_id IS NOT NULL)")
        await forget_statements(db)
        assert await db.execute("DELETE FROM likes") == "DELETE 1"
        [update] = await db.fetch(UPDATES)
        assert (update["calls"], update["blocks"] < BLOCKS_OF_ONE) == (1, True), update
        assert await db.fetchval(WRONG) == 0

    asyncio.run(on_a_full_database(server, delete))


async def forget_statements(db: asyncpg.Connection) -> None:
    """Count the statements from here on, also those of triggers."""
    await db.execute("SET LOCAL pg_stat_statements.track = 'all'")
    await db.execute(
        "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()))"
    )


async def on_a_full_database(server: EmbeddedServer, look: Callable[[asyncpg.Connection], Awaitable[None]]) -> None:
    """Let `look` see a connection on the tables of the social network, filled, in a schema of their own."""
    design = load_design(ROOT / "examples/social-sharing/backend.yaml").design
    resolved = resolve_design(design, decide_all(design).is_kept)
    tables = schema_sql(build_schema(resolved, build_queries(resolved)))
    connection = await asyncpg.connect(server.url())
    trial = connection.transaction()
    await trial.start()
    try:
        await connection.execute("CREATE SCHEMA counting; SET LOCAL search_path TO counting, public")
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        await connection.execute(f"{tables};{STAR};{FILL}")
        await look(connection)
    finally:
        await trial.rollback()
        await connection.close()
