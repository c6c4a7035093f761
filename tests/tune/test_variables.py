"""What runs inside of functions: its variables are parameters, so that it is planned like any other statement."""

import asyncio

import pytest

from backend_architect.postgres import Session
from backend_architect.tune import Statement, Workload, observe
from backend_architect.tune.advice_run import advise
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.reading.usable_statements import keep
from backend_architect.tune.variables import with_parameters
from tests.tune.catalog import CATALOG
from tests.tune.conftest import NewDatabase

# posts has the columns id, name, made and due.
SEEN = {
    "SELECT id FROM posts WHERE name = wanted AND due > since": "SELECT id FROM posts WHERE name = $1 AND due > $2",
    "UPDATE posts SET name = NEW.name WHERE id = OLD.post AND name <> $1":
        "UPDATE posts SET name = $2 WHERE id = $3 AND name <> $1",
    "INSERT INTO posts (id, name) VALUES (NEW.id, upper(NEW.name)) ON CONFLICT (id) DO UPDATE SET name = excluded.name":
        "INSERT INTO posts (id, name) VALUES ($1, upper($2)) ON CONFLICT (id) DO UPDATE SET name = excluded.name",
    "DELETE FROM posts p USING posts o WHERE p.id = o.id AND o.name = r.name AND p.due < _day":
        "DELETE FROM posts p USING posts o WHERE p.id = o.id AND o.name = $1 AND p.due < $2",
    "SELECT (SELECT max(x.id) FROM posts x WHERE x.name = p.name AND x.id > low) FROM posts p WHERE p.due = day":
        "SELECT (SELECT max(x.id) FROM posts x WHERE x.name = p.name AND x.id > $1) FROM posts p WHERE p.due = $2",
    "WITH few AS (SELECT id AS key FROM posts WHERE name = wanted) SELECT key FROM few WHERE key <> except_id":
        "WITH few AS (SELECT id AS key FROM posts WHERE name = $1) SELECT key FROM few WHERE key <> $2",
    "SELECT count(*) FROM posts WHERE name = 'größer' AND due = größe": None,
}  # fmt: skip
NOT_SEEN = [
    "SELECT p, p.*, ctid, tableoid FROM posts p ORDER BY name",
    "SELECT lower(name) AS low, count(*) AS many FROM posts GROUP BY low ORDER BY many",
    "SELECT x.a FROM (SELECT id AS a FROM posts) x WHERE a > 1",
    "SELECT b FROM (VALUES (1), (2)) v (b) WHERE b > 1",
    "SELECT i FROM generate_series(1, 3) i WHERE i > 1",
    "SELECT unknown_column FROM table_of_another_time WHERE other > 1",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) SELECT i FROM n",
    "SELECT id FROM posts UNION SELECT 2 ORDER BY id",
    "UPDATE posts SET name = $1 WHERE id = $2 RETURNING old.name, new.name, id",
    "MERGE INTO posts p USING posts o ON p.id = o.id WHEN MATCHED THEN UPDATE SET name = o.name WHEN NOT MATCHED THEN "
    "INSERT (id) VALUES (o.id)",
    "INSERT INTO posts (id) SELECT id FROM posts WHERE due < now() RETURNING id, name",
    "SELECT sum(id) OVER w FROM posts WINDOW w AS (PARTITION BY name ORDER BY made)",
    "SELECT j.id, name FROM (posts a JOIN posts b USING (id)) AS j (id, name)",
]


def _changed(text: str) -> str:
    workload = Workload("a log", (Statement(id="1", text=text, calls=1.0),))
    return with_parameters(workload, CATALOG).statements[0].text


@pytest.mark.parametrize("text", SEEN)
def test_a_name_that_no_table_in_sight_has_becomes_a_parameter(text: str) -> None:
    assert _changed(text) == (SEEN[text] or "SELECT count(*) FROM posts WHERE name = 'größer' AND due = $1")


@pytest.mark.parametrize("text", NOT_SEEN)
def test_names_of_columns_results_queries_and_rows_stay(text: str) -> None:
    assert _changed(text) == text


@pytest.mark.parametrize(
    ("text", "statement"),
    [
        ("total := (SELECT max(id) FROM posts)", "SELECT (SELECT max(id) FROM posts)"),
        ("EXISTS (SELECT FROM posts WHERE id = $1)", "SELECT EXISTS (SELECT FROM posts WHERE id = $1)"),
        ("(SELECT count(*) FROM posts) > limit_of", "SELECT (SELECT count(*) FROM posts) > limit_of"),
    ],
)
def test_an_assignment_and_a_condition_are_counted_as_the_query_that_they_are(text: str, statement: str) -> None:
    kept = keep([Statement(id="1", text=text, calls=1.0)], "here")
    assert [each.text for each in kept.statements] == [statement]


FUNCTIONS = """
CREATE EXTENSION pg_stat_statements;
CREATE TABLE sales (id bigserial PRIMARY KEY, land char(2), item text, amount numeric);
INSERT INTO sales (land, item, amount) SELECT (array['DE','US','FR'])[1 + i % 3], 'item ' || i % 20000, i % 1000
  FROM generate_series(1, 60000) i;
CREATE TABLE seen (sale bigint, note text);
CREATE FUNCTION total(c text) RETURNS numeric LANGUAGE plpgsql STABLE AS $$ DECLARE r numeric; BEGIN
  SELECT sum(amount) INTO r FROM sales WHERE land = c AND item = 'item 77'\\; RETURN r\\; END $$;
CREATE PROCEDURE touch(n int) LANGUAGE plpgsql AS $$ BEGIN
  UPDATE sales SET amount = amount + 0 WHERE item = 'item ' || n\\; END $$;
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  INSERT INTO seen (sale, note) VALUES (NEW.id, OLD.item)\\; RETURN NEW\\; END $$;
CREATE TRIGGER noted AFTER UPDATE ON sales FOR EACH ROW EXECUTE FUNCTION note();
VACUUM ANALYZE
"""


def test_what_functions_and_triggers_run_is_planned_and_gets_its_indexes(new_database: NewDatabase) -> None:
    url = new_database(FUNCTIONS.replace("\\;", ";"))
    with Session(url) as session:
        session.run("SET pg_stat_statements.track = 'all'; SELECT pg_stat_statements_reset()")
        for number in range(20):
            session.run("SELECT total('DE')")
            session.run(f"CALL touch({number})")
    observed = asyncio.run(observe(url)).observed
    assert observed.workload is not None
    (note,) = [each for each in observed.workload.notes if "variables of a function" in each]
    assert note.startswith("3 statements name variables of a function (c, n, new.id, old.item)")
    advised = advise(url, observed, ChoiceLimits(), lambda _: None)
    assert advised.advice is not None
    planned = {cost.statement.text.split()[0] for cost in advised.advice.statements if not cost.problem}
    assert planned >= {"SELECT", "UPDATE", "INSERT"}, advised.advice.unplanned
    assert set(advised.advice.unplanned) <= {"it names no table"}
    assert {index.index.keys[0].column for index in advised.advice.recommended} & {"item", "land"}
    assert any("item" in [key.column for key in each.index.keys] for each in advised.advice.recommended)
