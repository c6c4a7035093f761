"""What the comparison of both readings found, each as small as it is."""

import pytest

from backend_architect.design import read_design
from backend_architect.design.expressions import resolve_rule, resolve_value
from backend_architect.design.syntax import ExpressionError
from backend_architect.oracle import tables_sql
from backend_architect.postgres import EmbeddedServer, Session
from backend_architect.queries.text import StatementText
from tests.oracle.agreement import Tally, disagreements
from tests.oracle.rows import Rows, identity

DESIGN = read_design("""
design: 1
backend: found
auth: {account: user, sign_in: [password], roles: [boss]}
entities:
  user:
    fields: {name: {type: text, max: 80}, level: {type: boolean, optional: true}}
    rules:
      visible: lower(name) ilike '%T'
      mine: id = me
      odd: name in (select name from users where true > signed_in)
    allow: {read: visible}
  post:
    fields: {author: {to: user}, level: {type: boolean, optional: true}, size: integer}
    rules: {wide: level or level or level or level or level or level or level or level}
    allow: {read: author.visible}
""").design
ROWS: Rows = {
    "users": [
        {"id": identity(DESIGN.entities["user"], number), "name": "a", "level": level, "created_at": "2001-01-01"}
        for number, level in enumerate((True, False, None))
    ]
}


def test_a_long_condition_keeps_its_brackets(server: EmbeddedServer) -> None:
    text = "visible in (select level from posts where posts.author = this.id and (wide or posts.size between 1 and 2))"
    tally = Tally()
    with Session(server.url()) as database:
        assert [str(each) for each in disagreements(database, DESIGN, {}, [("users", text)], tally)] == []
    assert tally.compared == 1


def test_brackets_within_brackets_are_kept(server: EmbeddedServer) -> None:
    text = "true between false and odd"
    tally = Tally()
    with Session(server.url()) as database:
        assert [str(each) for each in disagreements(database, DESIGN, ROWS, [("users", text)], tally)] == []
    assert tally.compared == 1


@pytest.mark.parametrize(
    "text",
    ["(me) is not null", "(boss) is not null", "coalesce(me, null) is null", "case when mine then boss end"],
)
def test_a_parameter_has_its_type(text: str, server: EmbeddedServer) -> None:
    """PostgreSQL refuses a statement with a parameter of which nothing says what it is."""
    statement = StatementText()
    sql = statement.rule(resolve_rule(DESIGN, DESIGN.entities["user"], text))
    with Session(server.url()) as database:
        database.run(tables_sql(DESIGN).replace("CREATE TABLE", "CREATE TEMP TABLE"))
        values = [None if param.name == "me" else True for param in statement.params]
        assert database.fetch(f"SELECT 1 FROM users WHERE {sql}", *values) == []


@pytest.mark.parametrize("text", ["null", "not null", "null and mine", "case when mine then null end"])
def test_null_is_no_rule(text: str) -> None:
    """PostgreSQL takes it for a text as soon as a choice or a subquery holds it."""
    with pytest.raises(ExpressionError, match=r"true or false"):
        resolve_rule(DESIGN, DESIGN.entities["user"], text)


def test_a_choice_of_nothing_but_null_is_a_text() -> None:
    assert resolve_value(DESIGN, DESIGN.entities["user"], "case when mine then null end").type == "text"
