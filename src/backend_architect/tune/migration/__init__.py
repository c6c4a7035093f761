"""Advice and findings → a migration; run safely, measured before and after.

`plan_migration` orders the steps, `migration_sql` and `rollback_sql` write them for psql, `apply_migration` runs them
and goes on after a break. Nothing else of the tuning changes a database.
"""

from backend_architect.tune.migration.apply import ApplyRun, apply_migration
from backend_architect.tune.migration.journal import Journal, StepRecord, StepState, default_journal, read_journal
from backend_architect.tune.migration.link import ApplyError
from backend_architect.tune.migration.locks import LOCKS
from backend_architect.tune.migration.measure import compare_with, measure
from backend_architect.tune.migration.model import Migration, MigrationStep, StepKind
from backend_architect.tune.migration.overlapping_findings import beside_advice
from backend_architect.tune.migration.plan import plan_migration
from backend_architect.tune.migration.run import Patience
from backend_architect.tune.migration.script import migration_sql, rollback_sql

__all__ = [
    "LOCKS",
    "ApplyError",
    "ApplyRun",
    "Journal",
    "Migration",
    "MigrationStep",
    "Patience",
    "StepKind",
    "StepRecord",
    "StepState",
    "apply_migration",
    "beside_advice",
    "compare_with",
    "default_journal",
    "measure",
    "migration_sql",
    "plan_migration",
    "read_journal",
    "rollback_sql",
]
