"""A draft of a migration brings an old database to the new schema, as PostgreSQL's own catalog has it."""

import asyncio
from pathlib import Path

import asyncpg

from backend_architect.pipeline import build_from
from backend_architect.postgres import EmbeddedServer
from backend_architect.schema.difference import draft_migration
from tests.conftest import ROOT

CHANGES = {
    "      bio: {": "      site: {type: url, optional: true}\n      bio: {",
    "one_of: [public, followers]": "one_of: [public, followers, nobody]",
    "on_delete: set null": "on_delete: cascade",
    "max: 2000}": "max: 3000}\n      pinned: {type: boolean, default: false}",
    "[body, audience, shared]": "[body, audience, shared, pinned]",
}
OBJECTS = """
SELECT 'column ' || attrelid::regclass || '.' || attname || ' ' || format_type(atttypid, atttypmod)
    || attnotnull || coalesce(pg_get_expr(adbin, adrelid), '')
FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND attnum > 0 AND NOT attisdropped
UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL SELECT 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND contype <> 'n'
UNION ALL SELECT 'trigger ' || pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
UNION ALL SELECT 'function ' || pg_get_functiondef(oid) FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL SELECT 'table ' || oid::regclass || reloptions::text FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND reloptions IS NOT NULL
"""


def schema_of(folder: Path, design: str) -> str:
    """Return the schema that is built of a design."""
    (folder / "backend.yaml").write_text(design)
    return build_from(folder / "backend.yaml").project.files["migrations/0002_schema.sql"]


def objects(server: EmbeddedServer, *migrations: str) -> set[str]:
    """Return what an empty database holds after these migrations."""

    async def look() -> set[str]:
        admin = await asyncpg.connect(server.url())
        await admin.execute("DROP DATABASE IF EXISTS drafted")
        await admin.execute("CREATE DATABASE drafted")
        database = await asyncpg.connect(server.url("drafted"))
        try:
            for migration in migrations:
                await database.execute(f"BEGIN; {migration}; COMMIT")
            return {row[0] for row in await database.fetch(OBJECTS)}
        finally:
            await database.close()
            await admin.execute("DROP DATABASE drafted")
            await admin.close()

    return asyncio.run(look())


def test_a_draft_brings_the_old_schema_to_the_new_one_and_back(server: EmbeddedServer, tmp_path: Path) -> None:
    design = (ROOT / "examples/social-sharing/backend.yaml").read_text()
    changed = design
    for before, after in CHANGES.items():
        assert before in changed
        changed = changed.replace(before, after, 1)
    assert "  like:" in changed
    old, new = schema_of(tmp_path, design), schema_of(tmp_path, changed)
    there = draft_migration(old, new)
    back = draft_migration(new, old)
    assert there and back
    assert there.name == "change_users_posts"
    assert objects(server, old, there.text) == objects(server, new)
    left = objects(server, new, back.text) - objects(server, old)
    assert {each.split(" ")[1] for each in left} == {"users.site", "posts.pinned"}
    assert "-- ALTER TABLE users DROP COLUMN site;" in back.text


def test_tables_come_and_stay_until_somebody_drops_them(server: EmbeddedServer, tmp_path: Path) -> None:
    """A shop and a help desk share hardly a table: each becomes the other, beside what was there."""
    old, new = (
        schema_of(tmp_path, (ROOT / f"examples/{name}/backend.yaml").read_text()) for name in ("shop", "helpdesk")
    )
    draft = draft_migration(old, new)
    assert draft
    assert draft.name == "change_schema"
    assert objects(server, new) <= objects(server, old, draft.text)
    assert "-- DROP TABLE orders;" in draft.text


def test_what_has_no_value_for_rows_that_are_there_is_said() -> None:
    after = "CREATE TABLE a (x int, y int NOT NULL, z_count int NOT NULL DEFAULT 0);"
    draft = draft_migration("CREATE TABLE a (x int);", after)
    assert draft
    assert "-- a.y is required: this fails where the table has rows." in draft.text
    assert "-- a.z_count begins at 0 also for rows that have some" in draft.text
    renamed = draft_migration("CREATE TABLE a (x int NOT NULL);", "CREATE TABLE a (y int);")
    assert renamed
    assert "ALTER TABLE a RENAME COLUMN x TO y;" in renamed.text
    assert "ALTER COLUMN x DROP NOT NULL" in renamed.text


def test_what_differs_in_comments_and_settings_alone_needs_no_migration() -> None:
    assert draft_migration("SET LOCAL lock_timeout = '5s'; CREATE TABLE a ();", "CREATE TABLE a ();") is None
    assert draft_migration("-- for one\nCREATE INDEX i ON a (b);", "-- for two\nCREATE  INDEX i ON a (b);") is None
