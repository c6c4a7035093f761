"""Row security is a condition of the roles that it binds: what is advised is what serves them."""

import asyncio

import pytest

from backend_architect.postgres import Session
from backend_architect.tune import Observed, Statement, Workload, observe
from backend_architect.tune.advice_run import advise
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.row_security import computed_once, with_policies
from tests.tune.conftest import NewDatabase

ROWS = """
CREATE EXTENSION pg_stat_statements;
CREATE SCHEMA auth;
CREATE FUNCTION auth.who() RETURNS uuid LANGUAGE sql STABLE AS
  $$ SELECT nullif(current_setting('app.who', true), '')::uuid $$;
CREATE TABLE sheets (id int PRIMARY KEY, owner uuid NOT NULL, title text, place int, gone bool NOT NULL DEFAULT false);
INSERT INTO sheets SELECT i, md5((i % 2000)::text)::uuid, 'sheet ' || i, i % 20 FROM generate_series(1, 40000) i;
CREATE TABLE marks (id int PRIMARY KEY, sheet int NOT NULL REFERENCES sheets);
ALTER TABLE sheets ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON sheets USING (auth.who() = owner);
CREATE POLICY kept ON sheets AS RESTRICTIVE FOR SELECT USING (NOT gone);
CREATE POLICY changed ON sheets FOR UPDATE TO {clerk} USING (place > 3);
GRANT USAGE ON SCHEMA auth TO {clerk}, {boss};
GRANT SELECT, UPDATE ON sheets, marks TO {clerk}, {boss};
VACUUM ANALYZE
"""
CLERK, BOSS = "rls_clerk", "rls_boss"


@pytest.fixture
def url(new_database: NewDatabase) -> str:
    """A database with a role that the policies bind, and one that they do not."""
    empty = new_database("SELECT 1")
    with Session(empty) as session:
        for role, more in ((CLERK, ""), (BOSS, "BYPASSRLS")):
            if not session.value("SELECT count(*) FROM pg_roles WHERE rolname = $1", role):
                session.run(f"CREATE ROLE {role} {more}")
    return new_database(ROWS.format(clerk=CLERK, boss=BOSS))


SELECT = "SELECT id, title FROM sheets ORDER BY place"


def test_what_is_advised_serves_the_role_that_the_policy_binds(url: str) -> None:
    with Session(url) as session:
        session.run("SELECT pg_stat_statements_reset()")
        session.run(f"SET ROLE {CLERK}; SET app.who = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'")
        for _ in range(30):
            session.run(SELECT)
        session.run("RESET ROLE")
    observed = asyncio.run(observe(url)).observed
    (own,) = [each for each in observed.workload.statements if "sheets" in each.text]  # type: ignore[union-attr]
    assert own.secured and "auth.who() = sheets.owner" in own.text
    advised = advise(url, observed, ChoiceLimits(), lambda _: None)
    assert advised.advice is not None
    (index,) = advised.advice.recommended
    assert index.index.keys[0].column == "owner"
    assert index.security == "judged with row security's conditions: changed, kept, own"
    assert not [each for each in advised.problems if "row security" in each.message]
    with Session(url) as session:
        session.run(index.sql.rstrip(";"))
        session.run(f"SET ROLE {CLERK}; SET app.who = 'c4ca4238-a0b9-2382-0dcc-509a6f75849b'")
        lines = "\n".join(each["QUERY PLAN"] for each in session.fetch(f"EXPLAIN {SELECT}"))
        assert index.index.name in lines


def _texts(observed: Observed, user: str, *texts: str) -> list[str]:
    statements = tuple(Statement(id=str(n), text=text, calls=1.0, user=user) for n, text in enumerate(texts))
    return [each.text for each in with_policies(Workload("here", statements), observed.catalog).statements]


def test_the_conditions_stand_where_they_change_no_other_row(url: str) -> None:
    observed = asyncio.run(observe(url)).observed
    texts = (
        "SELECT * FROM sheets s WHERE s.place = 1 OR s.place = 2",
        "SELECT m.id FROM marks m LEFT JOIN sheets s ON s.id = m.sheet",
        "UPDATE sheets SET title = 'x' WHERE id = 1",
        "SELECT count(*) FROM marks WHERE sheet IN (SELECT id FROM sheets)",
        "WITH sheets AS (SELECT 1 AS id) SELECT id FROM sheets",
        "WITH sheets AS (SELECT id FROM sheets WHERE place = 1) SELECT id FROM sheets",
    )
    for user in (CLERK, ""):
        own, joined, update, inner, hidden, named_alike = _texts(observed, user, *texts)
        assert own.endswith("WHERE (s.place = 1 OR s.place = 2) AND auth.who() = s.owner AND NOT s.gone")
        assert joined.endswith("LEFT JOIN sheets AS s ON s.id = m.sheet AND auth.who() = s.owner AND NOT s.gone")
        assert update.endswith("WHERE id = 1 AND (sheets.place > 3 OR auth.who() = sheets.owner)")
        assert inner.endswith("(SELECT id FROM sheets WHERE auth.who() = sheets.owner AND NOT sheets.gone)")
        assert hidden == texts[4]
        assert "place = 1 AND auth.who() = sheets.owner AND NOT sheets.gone) SELECT id FROM sheets" in named_alike
    assert _texts(observed, BOSS, *texts) == _texts(observed, "postgres", *texts) == list(texts)
    assert _texts(observed, f"{BOSS}, {CLERK}", texts[0])[0] != texts[0]


def test_a_call_is_computed_once_in_a_subquery_of_its_own() -> None:
    assert computed_once("(auth.uid() = owner)") == "(SELECT auth.uid()) = owner"
    assert computed_once("lower(mail) = (SELECT auth.email())") == "lower(mail) = (SELECT auth.email())"
    once = computed_once("tenant = (current_setting('app.tenant'::text))::int")
    assert once == "tenant = CAST((SELECT current_setting(CAST('app.tenant' AS text))) AS integer)"
