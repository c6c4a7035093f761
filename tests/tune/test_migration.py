"""The plan of a migration, its file linted by squawk and run by psql, and its rollback."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from backend_architect.finding import Finding, Severity, Sureness
from backend_architect.postgres import Session
from backend_architect.postgres.catalog import Catalog
from backend_architect.postgres.embedded import binary
from backend_architect.tune.indexes.model import NewIndex, NewKey
from backend_architect.tune.migration import (
    LOCKS,
    Migration,
    MigrationStep,
    StepKind,
    beside_advice,
    migration_sql,
    plan_migration,
    rollback_sql,
)
from tests.tune.conftest import NewDatabase
from tests.tune.migrating import SHAPES, advice, all_shapes, catalog_and_findings, index, recommended

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
    assert set(kinds) >= set(StepKind) - {StepKind.REINDEX, StepKind.CREATE_STATISTICS, StepKind.VACUUM}
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


FINDING = Finding("x", Severity.HIGH, Sureness.CERTAIN, "s", "m", "w", "f")


def _planned(catalog: Catalog, *findings: Finding) -> Migration:
    return plan_migration(None, findings, catalog)


def test_what_findings_ask_for_becomes_steps_or_is_named(new_database: NewDatabase, tmp_path: Path) -> None:
    url = new_database(
        "CREATE TABLE t (a int, b int) WITH (fillfactor = 80);\n"
        "CREATE INDEX t_a ON t (a);\nCREATE INDEX t_b_ccnew ON t (b);\n"
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 't_b_ccnew'::regclass"
    )
    catalog, findings = catalog_and_findings(url)
    asked = {
        "REINDEX INDEX CONCURRENTLY t_a;": "REINDEX INDEX CONCURRENTLY public.t_a;",
        "VACUUM (ANALYZE) t;": "VACUUM(ANALYZE) public.t;",
        "CREATE STATISTICS s (dependencies) ON a, b FROM t;": "CREATE STATISTICS IF NOT EXISTS public.s(dependencies)",
        "ALTER TABLE t SET (fillfactor = 70);": "ALTER TABLE public.t SET (fillfactor",
    }
    for sql, made in asked.items():
        step = _planned(catalog, replace(FINDING, sql=sql)).steps[0]
        assert step.sql.startswith(made), step.sql
        assert LOCKS[step.kind].description
    migration = _planned(catalog, *(replace(FINDING, sql=sql) for sql in asked))
    (tmp_path / "all.sql").write_text(migration_sql(migration, "today"))
    (tmp_path / "back.sql").write_text(rollback_sql(migration, "today"))
    for name in ("all.sql", "back.sql"):
        _lint(tmp_path / name)
        done = _psql(url, tmp_path / name)
        assert (done.returncode, done.stderr) == (0, "")
    (options,) = _planned(catalog, replace(FINDING, sql="ALTER TABLE t SET (fillfactor = 70);")).steps
    assert options.rollback == "ALTER TABLE public.t SET (fillfactor = 80);"
    left = [each for each in findings if each.code == "invalid-index"]
    assert [step.sql for step in _planned(catalog, *left).steps] == [
        "DROP INDEX CONCURRENTLY IF EXISTS public.t_b_ccnew;"
    ]
    for sql in (
        "ALTER SYSTEM SET fsync = 'on';",
        "ALTER TABLE t ALTER a TYPE bigint;",
        "VACUUM FULL t;",
        "REINDEX INDEX t_a;",
        "VACUUM gone;",
    ):
        migration = _planned(catalog, replace(FINDING, sql=sql))
        assert (migration.steps, len(migration.left_out)) == ((), 1)
    unsure = replace(FINDING, sureness=Sureness.LIKELY, sql="DROP INDEX CONCURRENTLY IF EXISTS t_a;")
    assert _planned(catalog, unsure).steps == ()


def test_a_rebuilding_of_what_is_dropped_is_left_out_and_a_foreign_key_that_advice_serves(
    new_database: NewDatabase,
) -> None:
    url = new_database(SHAPES)
    catalog, findings = catalog_and_findings(url)
    alone = plan_migration(None, findings, catalog)
    assert "orders_user_id_idx" in [step.index for step in alone.steps]
    served = plan_migration(advice(recommended(index("orders", "user_id", "made"))), findings, catalog)
    assert "orders_user_id_idx" not in [step.index for step in served.steps]
    told = {each.key: each for each in beside_advice(findings, advice(recommended(index("orders", "user_id", "made"))))}
    key = "unindexed-foreign-key:orders (user_id)"
    assert (told[key].fix, told[key].sql) == ("the advised index orders_user_id_made_idx serves it too", "")
    assert [each for each in told.values() if each.key != key] == [each for each in findings if each.key != key]
    assert beside_advice(findings, None) == findings
    lower = NewIndex("public", "users", (NewKey("", "lower(email)"), NewKey("id")))
    own = replace(FINDING, sql="CREATE INDEX CONCURRENTLY ON users (lower(email));\nANALYZE users;")
    own = replace(own, sureness=Sureness.LIKELY)
    (beside,) = beside_advice([own], advice(recommended(lower)))
    assert (beside.sql, beside.fix) == ("", f"the advised index {lower.name} serves it too")
    (refused,) = beside_advice([own], advice(recommended(index("users", "nick"))))
    assert refused.sql == "", "a finished choice has weighed it"
    unfinished = replace(advice(recommended(index("users", "nick"))), left=("30 statements",))
    assert beside_advice([own], unfinished) == (own,)
    again = replace(FINDING, sql="REINDEX INDEX CONCURRENTLY orders_status_again;")
    assert StepKind.REINDEX not in {step.kind for step in plan_migration(None, (*findings, again), catalog).steps}
    one, other = recommended(index("users", "nick"), gain=1.0), recommended(index("users", "name"), gain=2.0)
    plans = [plan_migration(advice(*each), (), catalog) for each in ((one, other), (other, one))]
    assert plans[0] == plans[1]
    assert [step.index for step in plans[0].steps] == ["users_name_idx", "users_nick_idx"]


def test_a_step_is_known_by_its_id() -> None:
    step = MigrationStep(
        "create-extension:pg_trgm", StepKind.CREATE_EXTENSION, "CREATE EXTENSION IF NOT EXISTS pg_trgm;"
    )
    assert step.subject == "pg_trgm"
    assert Migration("a", 18, (step,)).digest != Migration("b", 18, (step,)).digest
