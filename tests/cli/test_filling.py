"""Made-up data where the database fails: what is wrong is said once, and no row is blamed for it."""

import asyncio

import pytest

from backend_architect.cli.running.filling import fill
from backend_architect.design import load_design
from backend_architect.errors import DatabaseError
from backend_architect.postgres import EmbeddedServer, Session
from tests.conftest import ROOT

FAILING = """
CREATE TABLE users (id uuid, name text, handle text, bio text, created_at timestamptz, updated_at timestamptz);
CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {} RETURN NEW; END $$;
CREATE TRIGGER fail BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION fail();
"""
FULL = "RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';"
GONE = "PERFORM pg_terminate_backend(pg_backend_pid());"


@pytest.mark.parametrize(("failure", "code"), [(FULL, "disk-full"), (GONE, "statement-failed")])
def test_a_database_that_fails_is_told(server: EmbeddedServer, failure: str, code: str) -> None:
    design = load_design(ROOT / "examples/social-sharing/backend.yaml").design
    told: list[str] = []
    with Session(server.url()) as admin:
        admin.run("CREATE SCHEMA failing")
        tables = "posts", "comments", "follows", "likes"
        admin.run("SET search_path = failing;" + FAILING.format(failure))
        admin.run("; ".join(f"CREATE TABLE failing.{table} (id uuid)" for table in tables))
        admin.run("ALTER ROLE postgres SET search_path = failing")
        try:
            with pytest.raises(DatabaseError) as raised:
                asyncio.run(fill(server, design, 10, anew=False, tell=told.append))
        finally:
            admin.run("ALTER ROLE postgres RESET search_path; DROP SCHEMA failing CASCADE")
    assert [problem.code for problem in raised.value.problems] == [code]
    assert not told
