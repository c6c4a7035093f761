"""A schema for each tenant: the same statements over the same tables, of which no search path that we see finds one."""

import asyncio
from datetime import UTC, datetime

from backend_architect.postgres import Session
from backend_architect.report.advice import headline
from backend_architect.tune import observe
from backend_architect.tune.advice_run import advise
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.migration import migration_sql, plan_migration
from tests.tune.conftest import NewDatabase

TENANT = """
CREATE SCHEMA {name};
CREATE TABLE {name}.visits (id serial PRIMARY KEY, client int, made timestamptz DEFAULT now());
CREATE TABLE {name}.clients (id serial PRIMARY KEY, mail text);
INSERT INTO {name}.visits (client) SELECT i % 4000 FROM generate_series(1, {rows}) i;
INSERT INTO {name}.clients (mail) SELECT 'm' || i FROM generate_series(1, {rows} / 3) i;
"""
SIZES = {"elm": 9_000, "oak": 30_000, "ash": 60, "fir": 12_000}
TEMPLATE = "CREATE TABLE visits (id serial PRIMARY KEY, client int, made timestamptz DEFAULT now());\n"
SQL = (
    "CREATE EXTENSION pg_stat_statements;\n"
    + TEMPLATE
    + "".join(TENANT.format(name=name, rows=rows) for name, rows in SIZES.items()).replace("\n", "", 1)
    + "CREATE INDEX ON fir.visits (client);\nVACUUM ANALYZE"
)


def test_statements_of_tenants_are_planned_on_the_largest_and_told_for_each(new_database: NewDatabase) -> None:
    url = new_database(SQL)
    with Session(url) as session:
        session.run("SELECT pg_stat_statements_reset()")
        for number in range(5):
            for schema in SIZES:
                session.run(f"SET search_path TO {schema}")
                session.run(f"SELECT * FROM visits WHERE client = {number} ORDER BY made DESC LIMIT 20")
                session.run(
                    f"SELECT v.id FROM visits v JOIN clients c ON c.id = v.client WHERE lower(c.mail) = 'm{number}'"
                )
    observed = asyncio.run(observe(url)).observed
    assert observed.workload is not None
    assert observed.workload.tenants == ("ash", "elm", "fir", "oak")
    texts = [each.text for each in observed.workload.statements if "visits" in each.text]
    assert len(texts) == 2 and all("oak.visits" in text for text in texts)
    assert any("oak.clients" in text for text in texts)
    assert any("planned in oak, the largest of 4 schemas" in note for note in observed.workload.notes)
    advice = advise(url, observed, ChoiceLimits(), lambda _: None).advice
    assert advice is not None
    by_keys = {each.index.definition("").split(" ON ")[1]: each for each in advice.recommended}
    (visits,) = [each for keys, each in by_keys.items() if keys.startswith("oak.visits (client")]
    assert {other.schema for other in visits.others} <= {"elm", "fir"}, "a table of 60 rows needs none"
    assert "elm" in {other.schema for other in visits.others}
    script = migration_sql(plan_migration(advice, (), observed.catalog), datetime.now(UTC).isoformat())
    assert "ON elm.visits" in script and "ON oak.visits" in script and "ON ash.visits" not in script


def test_the_headline_says_of_which_share_of_the_time_it_speaks(new_database: NewDatabase) -> None:
    url = new_database(SQL)
    with Session(url) as session:
        session.run("SELECT pg_stat_statements_reset()")
        for number in range(10):
            session.run(f"SELECT * FROM oak.visits WHERE client = {number}")
        session.run("CREATE TEMP TABLE gone AS SELECT i FROM generate_series(1, 300000) i")
        session.run("SELECT count(*) FROM gone a JOIN gone b USING (i)")
        session.run("DROP TABLE gone")
    observed = asyncio.run(observe(url)).observed
    advice = advise(url, observed, ChoiceLimits(), lambda _: None).advice
    assert advice is not None and advice.share is not None
    workload = observed.workload
    assert workload is not None
    planned = sum(each.total_ms for each in workload.statements if "visits" in each.text)
    assert abs(advice.share - planned / workload.total_ms) < 0.02 < 1 - advice.share
    assert f"of the {advice.share:.0%} of the measured time that could be planned" in headline(advice)
