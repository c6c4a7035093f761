"""The migrations, run forward, back and forward again by Django and Alembic themselves.

Skipped where pip cannot fetch them. Rails and Prisma are not run: `test_written.py` has what they get.
"""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from backend_architect.postgres import Session
from backend_architect.tune.frameworks import Framework, render_as
from backend_architect.tune.migration import Migration, plan_migration
from tests.tune.conftest import NewDatabase
from tests.tune.frameworks.shop import ALL, APART, INITIAL, RENAMED, TABLES
from tests.tune.migrating import advice, catalog_of, recommended

pytestmark = pytest.mark.slow

PACKAGES = ("django==5.2.*", "alembic==1.*", "psycopg[binary]==3.*")
NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)
INDEXES = """
SELECT indexdef FROM pg_indexes
WHERE schemaname IN ('public', 'apart') AND (tablename ~ '^shop_' OR schemaname = 'apart')
  AND indexname ~ '(_[0-9a-f]{6}_idx|_idx)$'
"""
INVALID = "SELECT count(*) FROM pg_index WHERE NOT indisvalid"
SETTINGS = """
import os
SECRET_KEY = "only for a test"
INSTALLED_APPS = ["shop"]
DATABASES = {"default": {"ENGINE": "django.db.backends.postgresql", "NAME": os.environ["PGDATABASE"],
                         "HOST": os.environ["PGHOST"], "PORT": os.environ["PGPORT"], "USER": os.environ["PGUSER"]}}
USE_TZ = True
"""
ENVIRONMENT = """
from alembic import context
from sqlalchemy import create_engine

with create_engine("postgresql+psycopg://").connect() as connection:
    context.configure(connection=connection, transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
"""
INI = "[alembic]\nscript_location = %(here)s/alembic\n"
FIRST = f"""
from alembic import op

revision: str = "first"
down_revision: str | None = None


def upgrade():
    op.execute({TABLES!r})
"""
Run = Callable[..., str]


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an environment that has both."""
    folder = tmp_path_factory.mktemp("frameworks")
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, timeout=120)
    pip = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    done = subprocess.run(pip, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode:
        pytest.skip(f"pip cannot fetch {', '.join(PACKAGES)}: {done.stderr[-300:]}")
    return folder / "bin"


@pytest.fixture
def url(new_database: NewDatabase) -> str:
    return new_database(APART.replace("; ", ";\n"))


@pytest.fixture
def run(programs: Path, url: str, tmp_path: Path) -> Run:
    """Runs a program of the environment in the project's folder, and returns what it prints."""
    parts = urlsplit(url)
    host = parts.hostname or parse_qs(parts.query).get("host", [""])[0]
    port = str(parts.port or parse_qs(parts.query).get("port", ["5432"])[0])
    told = {"PGHOST": host, "PGPORT": port, "PGUSER": parts.username or "postgres", "PGDATABASE": parts.path[1:]}
    environment = {**os.environ, **told, "DJANGO_SETTINGS_MODULE": "settings", "PYTHONPATH": str(tmp_path)}

    def run_program(*words: str) -> str:
        done = subprocess.run(
            [programs / "python", "-m", *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    return run_program


def _found(url: str) -> list[str]:
    """Return the definitions of the tables' own new indexes, without their names."""
    with Session(url) as session:
        assert session.value(INVALID) == 0
        told = [re.sub(r"INDEX .* ON ", "INDEX ON ", each["indexdef"], count=1) for each in session.fetch(INDEXES)]
    return sorted(each for each in told if "UNIQUE" not in each)


def _migration(url: str) -> Migration:
    return plan_migration(advice(*map(recommended, ALL)), (), catalog_of(url))


def _by_sql(url: str) -> list[str]:
    """Return what PostgreSQL calls the indexes when our own SQL makes them, and drop them again."""
    with Session(url) as session:
        for each in ALL:
            session.run(each.definition(each.name))
    found = _found(url)
    with Session(url) as session:
        for each in ALL:
            schema = "apart" if each.schema == "apart" else "public"
            session.run(f'DROP INDEX {schema}."{each.name.replace(chr(34), chr(34) * 2)}"')
    return found


def _write(migration: Migration, framework: Framework, folder: Path) -> int:
    files = render_as(framework, migration, folder, NOW).files
    for path, text in files.items():
        path.write_text(text)
    return len(files)


def test_django_makes_the_same_indexes_and_takes_them_back(url: str, run: Run, tmp_path: Path) -> None:
    migrations = tmp_path / "shop/migrations"
    migrations.mkdir(parents=True)
    for path, text in {
        tmp_path / "settings.py": SETTINGS,
        tmp_path / "shop/__init__.py": "",
        tmp_path / "shop/models.py": "",
        migrations / "__init__.py": "",
        migrations / "0001_initial.py": INITIAL,
        migrations / "0002_renamed.py": RENAMED,
    }.items():
        path.write_text(text)
    run("django", "migrate")
    expected = _by_sql(url)
    assert len(expected) == len(ALL) and not _found(url)
    migration = _migration(url)
    assert _write(migration, Framework.DJANGO, tmp_path) == len(ALL) + 1  # and an ANALYZE
    run("django", "migrate")
    assert _found(url) == expected
    run("django", "migrate", "shop", "0002")
    assert not _found(url)
    run("django", "migrate")
    assert _found(url) == expected
    assert _write(migration, Framework.DJANGO, tmp_path) == 0  # they are there already


def test_alembic_makes_the_same_indexes_and_takes_them_back(url: str, run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "alembic/versions"
    folder.mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text(INI)
    (tmp_path / "alembic/env.py").write_text(ENVIRONMENT)
    (folder / "first.py").write_text(FIRST)
    run("alembic", "upgrade", "head")
    expected = _by_sql(url)
    assert len(expected) == len(ALL) and not _found(url)
    migration = _migration(url)
    assert _write(migration, Framework.ALEMBIC, folder) == len(ALL) + 1  # and an ANALYZE
    run("alembic", "upgrade", "head")
    assert _found(url) == expected
    run("alembic", "downgrade", "first")
    assert not _found(url)
    run("alembic", "upgrade", "head")
    assert _found(url) == expected
    assert _write(migration, Framework.ALEMBIC, folder) == 0  # they are there already
