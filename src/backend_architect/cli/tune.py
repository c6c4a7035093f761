"""`architect tune`: why a PostgreSQL database is slow, and the fixes."""

from backend_architect.cli.tune_options import (
    Apply,
    As,
    At,
    Baseline,
    Budget,
    Canary,
    CompareFile,
    FailOn,
    FailOnOption,
    FormOption,
    Html,
    JournalFile,
    Json,
    MigrationFile,
    MigrationForm,
    OutputForm,
    RevisitFile,
    SnapshotFile,
    Time,
    Url,
    Wait,
    Watch,
    WhatIf,
    WhatIfMethod,
    WorkloadFiles,
    Yes,
    read_bytes,
    read_seconds,
    read_times,
    read_waits,
)


def tune(
    url: Url,
    *,
    workload: WorkloadFiles = None,
    watch: Watch = "",
    at: At = "",
    budget: Budget = "",
    time: Time = "45s",
    what_if: WhatIf = WhatIfMethod.AUTO,
    baseline: Baseline = None,
    form: FormOption = OutputForm.TEXT,
    json: Json = False,
    html: Html = None,
    fail_on: FailOnOption = FailOn.NEVER,
    migration: MigrationFile = None,
    as_: As = MigrationForm.SQL,
    apply: Apply = False,
    yes: Yes = False,
    journal: JournalFile = None,
    wait: Wait = "0s",
    canary: Canary = "0s",
    snapshot: SnapshotFile = None,
    compare: CompareFile = None,
    revisit: RevisitFile = None,
) -> int:
    """Find what makes a PostgreSQL database slow (13 or newer). Nothing is changed without --apply.

    One read-only connection with a statement timeout reads its catalog, its counts, and the statements that it runs.

    \b
    Examples, with DATABASE_URL set or the URL given:
      architect tune                              what is slow, why, and the SQL that fixes it
      architect tune --html report.html           the same as an HTML page
      architect tune --watch 10m                  only what runs from now on, and lock waits
      architect tune --workload /var/log/postgresql/
      architect tune --at 100x                    queries that stop scaling at 100x data
      architect tune --budget 500MB               the best indexes that fit in
      architect tune --migration migration.sql    the fixes as a migration file, or --as django|rails|alembic|prisma
      architect tune --apply --wait 10m           apply the fixes, and measure the effect
      architect tune --snapshot before.json, and later --compare before.json
      architect tune --json --fail-on high --baseline accepted.yaml      for pipelines

    \b
    Exit status: 0 done · 1 findings at or above --fail-on, failed steps, or an unreadable database
    """
    from backend_architect.cli.tune_changes import Changes, resume_or_compare
    from backend_architect.cli.tune_run import TuneOptions, tune_database
    from backend_architect.pipeline import TuneRequest
    from backend_architect.tune.advice_run import By
    from backend_architect.tune.indexes.choice_limits import ChoiceLimits

    form, watched = OutputForm.JSON if json else form, read_seconds(watch or "0s")
    limits = ChoiceLimits(budget=read_bytes(budget), seconds=read_seconds(time))
    request = TuneRequest(url, workload, limits, By(what_if.value), read_times(at))
    options = TuneOptions(form, baseline, fail_on, html, watched)
    waits = read_waits(wait, canary, applies=apply)
    changes = Changes(url, form, apply, yes, journal, migration, snapshot, compare, *waits, as_, revisit)
    status = resume_or_compare(changes)
    return tune_database(request, options, changes) if status is None else status
