"""A tuning run as its reports read it, with names that nobody should give."""

from dataclasses import replace
from pathlib import Path

from backend_architect.errors import Problem
from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog, Index, KeyPart, Table
from backend_architect.report.changes_data import Applied
from backend_architect.report.tuning import Tuning
from backend_architect.tune import Observed, Statement, Workload
from backend_architect.tune.comparing import IndexChange, StatementChange, WorkloadComparison
from backend_architect.tune.comparing.model import CountedIndex
from backend_architect.tune.growth import GrowthStudy, Point, Turning
from backend_architect.tune.indexes.model import Advice, NewIndex, NewKey, Recommended, StatementCost
from backend_architect.tune.migration import Journal, Migration, MigrationStep, StepKind, StepRecord, StepState
from backend_architect.tune.samples import Blocked, Samples, Waited

EVIL = '<script>alert("x")</script>'
IDLE = "idle in transaction"
ORDERS = "SELECT id, total, status FROM orders WHERE customer_id = $1 AND status = $2 ORDER BY created_at DESC LIMIT $3"

STATEMENTS = (
    Statement("a" * 12, ORDERS, 48_210, 912_400.0, 964_200.0, name="orders.of_customer"),
    Statement("b" * 12, "SELECT id FROM customers WHERE lower(email) = lower($1)", 22_015, 401_770.0, 22_015.0),
    Statement("c" * 12, f"SELECT count(*) FROM products WHERE name LIKE $1 /* {EVIL} */", 3_020, 210_400.0, 3_020.0),
    Statement(
        "d" * 12, "INSERT INTO order_items (order_id, product_id, quantity) VALUES ($1, $2, $3)", 90_100, 41_000.0
    ),
    Statement("e" * 12, "SELECT 1", 20_000, 40.0),
)
BY_CUSTOMER = NewIndex(
    "public", "orders", (NewKey("customer_id"), NewKey("status"), NewKey("created_at", descending=True))
)
BY_EMAIL = NewIndex("public", "customers", (NewKey("", "lower(email)"),))
ODD = NewIndex("public", f"odd {EVIL}", (NewKey('a"b\nc'),), ("total",), "status = '<b>open</b>'")


def an_index(name: str) -> Index:
    """Return an index that is there already."""
    key = KeyPart("customer_id", "", "", "", descending=False, nulls_first=False)
    return Index(
        1, 2, "public", name, "btree", (key,), (), "", False, False, True, True, "", False, None, "", 8_192_000, 1_000,
        400_000.0, 90, 12, None,
    )  # fmt: skip


def a_catalog(database: str = "shop", tables: tuple[Table, ...] = ()) -> Catalog:
    """Return a catalog with nothing in it but its names."""
    return Catalog(database, 18, False, 2_400_000_000, 0, None, {}, tables, (), (), {}, (), (), 0, 0)


def a_finding(code: str, severity: Severity, message: str, sql: str = "") -> Finding:
    """Return a finding that says this."""
    return Finding(
        code=code,
        severity=severity,
        sureness=Sureness.LIKELY,
        subject=message,
        message=message,
        why="every row before the page is read and thrown away",
        fix="begin after the last row seen",
        sql=sql,
        rewrite=f"SELECT id FROM orders WHERE note = '{EVIL}'",
        evidence=(Fact("calls", "12,000"), Fact("mean", "18.2 ms")),
    )


def an_advice() -> Advice:
    """Return three advised indexes and what they do to five statements."""
    costs = (
        StatementCost(STATEMENTS[0], 4_210.5, 8.9, (BY_CUSTOMER.name,)),
        StatementCost(STATEMENTS[1], 2_120.0, 8.4, (BY_EMAIL.name,)),
        StatementCost(STATEMENTS[2], 9_900.0, 2_400.0, (ODD.name,)),
        StatementCost(STATEMENTS[3], 0.5, 0.6),
        StatementCost(STATEMENTS[4], 0.01, 0.01),
    )
    covered = an_index("orders_customer_id")
    recommended = (
        Recommended(BY_CUSTOMER, 31_000_000, 202_561_000.0, 4_100.0, ("orders.of_customer",), (covered,)),
        Recommended(BY_EMAIL, 9_400_000, 46_486_000.0, 90.0, (STATEMENTS[1].shown,)),
        Recommended(ODD, 1_200, 22_650_000.0, 0.0, (f"{EVIL} | *x*",), (an_index(f"old`{EVIL}"),)),
    )
    return Advice(recommended, costs, 100_000_000, "twin", 64, ("12 candidates of orders",), {"unknown table": 2})


def a_watched_workload() -> Workload:
    """Return what was seen while a database was watched."""
    samples = Samples(
        60.0, 60,
        (Waited(f"UPDATE t SET a = $1 /* {EVIL} */", "Lock: tuple", 12, 3), Waited("SELECT $1", "", 40, 2)),
        (Blocked("UPDATE t SET a = $1", f"SELECT {EVIL}", IDLE, f"cron {EVIL}", "Lock: tuple", 12.0, 3),),
    )  # fmt: skip
    tagged = replace(STATEMENTS[0], tags={"route": f"/orders {EVIL}"})
    source, notes = "pg_stat_statements, watched for 60 s", (f"the connection was lost {EVIL}",)
    return Workload(source, (tagged, *STATEMENTS[1:]), {}, 60.0, notes=notes, samples=samples)


def a_growth() -> GrowthStudy:
    """Return what turns bad on a hundred times the rows."""
    points = (Point(1.0, 40.0, 1.0), Point(10.0, 400.0, 1.0), Point(100.0, 4_000.0, 1.0))
    turning = (Turning(STATEMENTS[2], 10.0, f"it reads all 20,000 rows of {EVIL} to keep 1", points),)
    unplanned = ((STATEMENTS[4], f"relation {EVIL} does not exist"),)
    return GrowthStudy(100.0, turning, 3, {"public.orders": 50_000.0}, (f"public.{EVIL}",), unplanned, ("100x",))


def an_applied() -> Applied:
    """Return a migration of which one step failed, and what its first index came to."""
    steps = [
        MigrationStep(
            f"create-index:{each.name}", StepKind.CREATE_INDEX, each.statement(), "public", each.table, 7, each.name
        )
        for each in (BY_CUSTOMER, BY_EMAIL)
    ]
    entries = {
        steps[0].id: StepRecord(StepState.DONE, "", 1, 2.5),
        steps[1].id: StepRecord(StepState.FAILED, "no room", 5, 0.1),
    }
    index = CountedIndex(f"public.{BY_CUSTOMER.name}", "public.orders", BY_CUSTOMER.statement(), 31_000_000, 90, True)
    change = StatementChange("a" * 12, "orders.of_customer", 48_210.0, 90.0, 18.9, 0.2, 4_000.0, 8.0)
    compared = WorkloadComparison("shop", 600.0, (IndexChange(index, 90, (change,)),), (index,), (change,), ("young",))
    journal = Journal(Migration("shop", 18, tuple(steps), ("a setting",)), entries)
    return Applied(journal, Path("journal.json"), compared)


def a_whole_tuning() -> Tuning:
    """Return a run with every part that there may be."""
    tuning = a_tuning(an_advice())
    observed = Observed(tuning.observed.catalog, a_watched_workload())
    return replace(tuning, observed=observed, growth=a_growth(), applied=an_applied())


def a_tuning(advice: Advice | None = None) -> Tuning:
    """Return a run that found a few things."""
    workload = Workload(
        "pg_stat_statements", STATEMENTS, {"without a plan (DDL, SET, transactions and the like)": 14}, 86_400.0
    )
    findings = (
        a_finding("unindexed-foreign-key", Severity.HIGH, "order_items.order_id points at orders and has no index",
                  "CREATE INDEX CONCURRENTLY ON order_items (order_id);"),
        a_finding("offset-page", Severity.MEDIUM, "pages are found by OFFSET: SELECT id FROM orders OFFSET $1"),
        a_finding("unused-index", Severity.LOW, f"{EVIL} is never used", f'DROP INDEX "{EVIL}";'),
    )  # fmt: skip
    problems = (Problem("not-visible", f"this role may not read sessions ({EVIL})", "grant it pg_monitor to see more"),)
    migration = "SET lock_timeout = '2s';\n" + "\n".join(
        each.index.statement() for each in (advice or an_advice()).recommended
    )
    return Tuning(
        Observed(a_catalog(f"shop {EVIL}"), workload), findings, problems, advice, migration if advice else "", 2
    )
