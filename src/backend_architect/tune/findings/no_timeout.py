"""No timeout for idle transactions or long statements.

What it checks: servers on which neither the configuration nor a role or database sets
`idle_in_transaction_session_timeout`, or `statement_timeout`.

Why it matters: a program that hangs between BEGIN and COMMIT keeps its locks, and every dead row of the whole
database, until somebody notices; a statement that has lost its index runs on after its user has gone.

Example: a worker that hangs in a call to another service, with a transaction open since Friday.

Instead: one minute for idle transactions on the whole server; a statement timeout for the application's role (some
seconds for web requests), none for the roles of migrations and reports.

When it is wrong: the application sets them itself when it connects, which cannot be seen from here.
"""

from collections.abc import Iterator

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.tune.observed import Observed
from backend_architect.tune.rule import Rule

IDLE, STATEMENT = "idle_in_transaction_session_timeout", "statement_timeout"
OFF = {"0ms", "0"}


def find(observed: Observed) -> Iterator[Finding]:
    """Yield one finding that names the timeouts which nothing sets."""
    settings, of_roles = observed.catalog.settings, observed.catalog.role_settings
    missing = [
        name
        for name in (IDLE, STATEMENT)
        if settings.get(name) in OFF and not any(each.startswith(f"{name}=") for each in of_roles)
    ]
    if not missing:
        return
    sql = {
        IDLE: f"ALTER SYSTEM SET {IDLE} = '60s';\nSELECT pg_reload_conf();",
        STATEMENT: f"ALTER ROLE application SET {STATEMENT} = '10s';  -- the role that the application connects as",
    }
    yield Finding(
        code=RULE.code,
        severity=Severity.LOW,
        sureness=Sureness.POSSIBLE,
        subject=" and ".join(missing),
        message=f"nothing sets {' or '.join(missing)}",
        why="what hangs in a transaction keeps its locks and all dead rows; a statement may run for hours",
        fix="end idle transactions after a minute, and give the application's role a statement timeout",
        sql="\n".join(sql[name] for name in missing),
        evidence=tuple(Fact(name, "0") for name in missing),
    )


RULE = Rule("no-timeout", "no timeout for idle transactions or long statements", find)
