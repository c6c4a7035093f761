"""The roles of compose.yaml, on a real PostgreSQL: the owner applies the migrations, the application only has rows."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from ruamel.yaml import YAML

from backend_architect.postgres import EmbeddedServer
from tests.conftest import ROOT
from tests.project.test_built import built

BOOKINGS = ROOT / "examples/bookings/backend.yaml"  # needs an extension, and has events


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in built(BOOKINGS).files.items():
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return tmp_path


async def run(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def rights_of_app(url: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetch("""
            SELECT tablename, tableowner,
                (SELECT string_agg(privilege_type, ' ' ORDER BY privilege_type) FROM information_schema.table_privileges
                 WHERE table_name = tablename AND grantee = 'app') AS rights
            FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename
        """)
    finally:
        await connection.close()


def test_the_owner_migrates_and_the_application_has_rows_alone(folder: Path, server: EmbeddedServer) -> None:
    asyncio.run(run(server.url(), "DROP DATABASE IF EXISTS app", "CREATE DATABASE app"))
    asyncio.run(run(server.url("app"), (folder / "roles.sql").read_text()))
    services = YAML(typ="safe").load((folder / "compose.yaml").read_text())["services"]
    assert "//owner:owner@" in services["migrate"]["environment"]["DATABASE_URL"]
    assert "//app:app@" in services["api"]["environment"]["DATABASE_URL"]
    environment = {**os.environ, "DATABASE_URL": server.url("app", user="owner"), "ENVIRONMENT": "production"}
    for _ in range(2):  # what is there already is no error
        command = [sys.executable, "-m", "app.migrate"]
        done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
    rows = asyncio.run(rights_of_app(server.url("app")))
    assert {row["tableowner"] for row in rows} == {"owner"}
    assert {row["rights"] for row in rows if row["tablename"] != "schema_migrations"} == {"DELETE INSERT SELECT UPDATE"}
    assert [row["rights"] for row in rows if row["tablename"] == "schema_migrations"] == ["SELECT"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(run(server.url("app", user="app"), "DROP TABLE bookings"))
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        asyncio.run(run(server.url("app", user="app"), "CREATE TABLE more (id int)"))


def test_images_and_actions_are_pinned() -> None:
    files = built(BOOKINGS).files
    services = YAML(typ="safe").load(files["compose.yaml"])["services"]
    images = [service["image"] for service in services.values() if "image" in service]
    images += [line.split()[1] for line in files["Dockerfile"].splitlines() if line.startswith("FROM ")]
    assert len(images) >= 3
    assert all(len(image.partition("@sha256:")[2]) == 64 for image in images)
    steps = [
        step
        for job in YAML(typ="safe").load(files[".github/workflows/ci.yml"])["jobs"].values()
        for step in job["steps"]
    ]
    actions = [step["uses"] for step in steps if "uses" in step]
    assert all(len(action.partition("@")[2].split()[0]) == 40 for action in actions)
    assert "make audit" in [step.get("run") for step in steps]
