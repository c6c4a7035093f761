"""The plan of a migration, its file linted by squawk and run by psql, and its rollback."""

import subprocess
import sys
from pathlib import Path

from backend_architect.postgres import Session
from backend_architect.postgres.embedded import binary
from backend_architect.tune.migration import Kind, migration_sql, rollback_sql
from tests.tune.conftest import NewDatabase
from tests.tune.migrating import SHAPES, all_shapes

INDEXES = """SELECT string_agg(x.indexrelid::regclass || ' ' || x.indisvalid, E'\\n' ORDER BY c.relname)
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public'"""


def _psql(url: str, file: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(binary("psql")), "-X", "-q", "-f", str(file), url], capture_output=True, text=True, check=False, timeout=60
    )


def _lint(file: Path) -> None:
    squawk = Path(sys.executable).parent / "squawk"
    done = subprocess.run([str(squawk), "--pg-version=13", str(file)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_all_shapes_are_planned_linted_run_by_psql_twice_and_rolled_back(
    new_database: NewDatabase, tmp_path: Path
) -> None:
    url = new_database(SHAPES)
    migration = all_shapes(url)
    kinds = [step.kind for step in migration.steps]
    assert set(kinds) >= set(Kind) - {Kind.REINDEX, Kind.CREATE_STATISTICS, Kind.VACUUM}
    forward, back = tmp_path / "migration.sql", tmp_path / "rollback.sql"
    forward.write_text(migration_sql(migration, "2026-01-01"))
    back.write_text(rollback_sql(migration, "2026-01-01"))
    _lint(forward)
    _lint(back)
    with Session(url) as session:
        before = session.value(INDEXES)
        for _ in range(2):
            done = _psql(url, forward)
            assert (done.returncode, done.stderr) == (0, "")
        after = session.value(INDEXES)
        assert "false" not in after
        assert "orders_status_made_idx" in after and "events_2b_kind_id_idx" in after
        assert "orders_status_again" not in after and "events_kind\n" not in after
        for _ in range(2):
            done = _psql(url, back)
            assert (done.returncode, done.stderr) == (0, "")
        assert session.value(INDEXES) == before
