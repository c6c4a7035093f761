"""What the comparison of both readings found, each as small as it is."""

import pytest

from backend_architect.design import read_design
from backend_architect.design.expressions import resolve_rule, resolve_value
from backend_architect.design.syntax import ExpressionError
from backend_architect.postgres import EmbeddedServer, Session
from tests.oracle.agreement import Tally, disagreements

DESIGN = read_design("""
design: 1
backend: found
auth: {account: user, sign_in: [password]}
entities:
  user:
    fields: {name: {type: text, max: 80}, level: boolean}
    rules: {visible: lower(name) ilike '%T', mine: id = me}
    allow: {read: visible}
  post:
    fields: {author: {to: user}, level: {type: boolean, optional: true}, size: integer}
    rules: {wide: level or level or level or level or level or level or level or level}
    allow: {read: author.visible}
""").design


def test_a_long_condition_keeps_its_brackets(server: EmbeddedServer) -> None:
    text = "visible in (select level from posts where posts.author = this.id and (wide or posts.size between 1 and 2))"
    tally = Tally()
    with Session(server.url()) as database:
        assert [str(each) for each in disagreements(database, DESIGN, {}, [("users", text)], tally)] == []
    assert tally.compared == 1


@pytest.mark.parametrize("text", ["null", "not null", "null and mine", "case when mine then null end"])
def test_null_is_no_rule(text: str) -> None:
    """PostgreSQL takes it for a text as soon as a choice or a subquery holds it."""
    with pytest.raises(ExpressionError, match=r"true or false"):
        resolve_rule(DESIGN, DESIGN.entities["user"], text)


def test_a_choice_of_nothing_but_null_is_a_text() -> None:
    assert resolve_value(DESIGN, DESIGN.entities["user"], "case when mine then null end").type == "text"
