"""What a rule says is what its statement says: nothing is lost, turned round, or read in another way."""

from typing import Any

import pytest
from sqlglot import exp

from backend_architect.design import read_design
from backend_architect.design.expressions import resolve_rule, resolve_value
from backend_architect.design.grammar import GRAMMAR, rebuilt, undeclared
from backend_architect.design.model import Design
from backend_architect.design.printing import sql_text
from backend_architect.design.syntax import ExpressionError

DESIGN = """
design: 1
backend: meaning
auth: {account: user, sign_in: [password], roles: [boss]}
entities:
  user:
    fields: {name: text, until: {type: timestamp, optional: true}}
    rules: {gone: until < now()}
    allow: {read: anyone}
  thing:
    fields:
      owner: {to: user, set: me}
      friend: {to: user, optional: true}
      a: {type: integer, optional: true}
      small: {type: integer, max: 100, optional: true}
      price: {type: money, currency: EUR, optional: true}
      title: {type: text, max: 80, optional: true}
      day: {type: date, optional: true}
      at: {type: timestamp, optional: true}
      long: {type: duration, optional: true}
      kind: {one_of: [big, little], default: big}
      open: {type: boolean, default: true}
      uid: {type: uuid, optional: true}
    rules: {mine: owner = me, late: at < now()}
    allow: {read: mine, create: signed_in}
"""


@pytest.fixture(scope="module")
def design() -> Design:
    return read_design(DESIGN).design


def compiled(design: Design, text: str) -> str:
    return sql_text(resolve_value(design, design.entities["thing"], text, alias="t").sql)


def refused(design: Design, text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        resolve_value(design, design.entities["thing"], text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("a is not null", "t.a IS NOT NULL"),
        ("a notnull", "t.a IS NOT NULL"),
        ("me is not null", "%(me)s IS NOT NULL"),
        ("a is null", "t.a IS NULL"),
        ("open is not true", "NOT t.open IS TRUE"),
        ("late is not true", "NOT (t.at < now()) IS TRUE"),
        ("not late is true", "NOT (t.at < now()) IS TRUE"),
        ("(not late) is true", "(NOT t.at < now()) IS TRUE"),
        ("title not like 'a%'", "t.title NOT LIKE 'a%'"),
        ("title not ilike 'a%'", "t.title NOT ILIKE 'a%'"),
        ("a between symmetric 9 and 1", "t.a BETWEEN SYMMETRIC 9 AND 1"),
        ("a not between symmetric 9 and 1", "t.a NOT BETWEEN SYMMETRIC 9 AND 1"),
        ("a not in (1, 2)", "t.a NOT IN (1, 2)"),
        ("not not open", "NOT NOT t.open"),
        ("a - (a - 1)", "t.a - (t.a - 1)"),
        ("(a - price) * 2", "(t.a - t.price) * 2"),
        ("a - -1", "t.a - (-1)"),
        ("- -a", "-(-t.a)"),
        ("price / 2", "t.price / 2"),
        ("price / a", "t.price / nullif(t.a, 0)"),
        ("a * a", "t.a::numeric * t.a"),
        ("(a + 1) * a", "(t.a + 1)::numeric * t.a"),
        ("a * a / small", "div(t.a::numeric * t.a, nullif(t.small, 0))"),
        ("small * small", "t.small::bigint * t.small"),
        (
            "day + small",
            "t.day + least(greatest(t.small, '0001-01-01 BC'::date - t.day), '20000-01-01'::date - t.day)",
        ),
        ("(open or mine) and open", "(t.open OR t.owner_id = %(me)s) AND t.open"),
        ("(a = 1) = open", "(t.a = 1) = t.open"),
        ("title = 'CURRENT_TIMESTAMP'", "t.title = 'CURRENT_TIMESTAMP'"),
        ("title = 'NOT a IS NULL'", "t.title = 'NOT a IS NULL'"),
        ("title = '{READABLE} it''s'", "t.title = '{READABLE} it''s'"),
        ("case when open then 1 end", "CASE WHEN t.open THEN 1 END"),
        ("OWNER = Me", "t.owner_id = %(me)s"),
    ],
)
def test_compiled(design: Design, text: str, meant: str) -> None:
    assert compiled(design, text) == meant


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("day - day", "integer"),
        ("day + 7", "date"),
        ("day + small", "date"),
        ("day + long", "timestamp without time zone"),
        ("at - at", "interval"),
        ("long * 2", "interval"),
        ("long / 2", "interval"),
        ("a / 2", "bigint"),
        ("small / 2", "integer"),
        ("a / 2.0", "numeric"),
        ("length(title)", "integer"),
        ("(select sum(small) from things where owner = this.owner)", "bigint"),
        ("(select avg(a) from things where owner = this.owner)", "numeric"),
        ("coalesce(small, a)", "bigint"),
        ("greatest(day, at)", "timestamp with time zone"),
    ],
)
def test_types_are_postgresqls(design: Design, text: str, kind: str) -> None:
    assert resolve_value(design, design.entities["thing"], text).type == kind


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("day + a", "type-mismatch"),  # there is no date + bigint
        ("title like 'a!%' escape '!'", "forbidden-sql"),
        ("a == 1", "wrong-expression"),
        ("a = a = a", "wrong-expression"),
        ("at > now() - interval '1' day", "wrong-expression"),
        ("at > 'tomorrow'", "wrong-literal"),
        ("uid = 'x'", "wrong-literal"),
        ("long > interval 'soon'", "wrong-literal"),
        ("kind = 'larg'", "unknown-value"),
        ("kind in ('big', 'tiny')", "unknown-value"),
        ("a = a", "compares-with-itself"),
        ("exists (select from things where owner = owner)", "compares-with-itself"),
        ("exists (select from things where things.owner = owner)", "compares-with-itself"),
        ("me = me", "compares-with-itself"),
        ("this = me", "unknown-name"),
        ("'2001-01-31' is not true", "type-mismatch"),
        ("exists (select from things where owner = me order by a)", "wrong-subquery"),
        ("exists (select distinct a from things where owner = me)", "wrong-subquery"),
        ("(select count(distinct a) from things where owner = me) > 1", "forbidden-sql"),
        ("(select sum(a) filter (where open) from things where owner = me) > 1", "forbidden-sql"),
        ("min(open)", "wrong-expression"),
    ],
)
def test_refused(design: Design, text: str, code: str) -> None:
    assert refused(design, text).code == code


def test_the_outer_row_has_a_name_of_its_own(design: Design) -> None:
    text = "exists (select from things where things.owner = this.owner and a > this.a)"
    assert compiled(design, text) == (
        "EXISTS (SELECT 1 FROM things WHERE things.owner_id = t.owner_id AND things.a > t.a)"
    )


def test_an_unknown_is_false_only_where_it_makes_no_difference(design: Design) -> None:
    """A rule of a related row that is unknown, or whose row is missing, is unknown: a negation of it does not hold."""
    thing = design.entities["thing"]
    there = "SELECT 1 FROM users AS friend WHERE friend.id = t.friend_id AND friend.until < now()"
    value = "(SELECT friend.until < now() FROM users AS friend WHERE friend.id = t.friend_id)"
    assert sql_text(resolve_rule(design, thing, "friend.gone", alias="t")) == f"EXISTS ({there})"
    assert sql_text(resolve_rule(design, thing, "open and friend.gone", alias="t")) == f"t.open AND EXISTS ({there})"
    assert sql_text(resolve_rule(design, thing, "not friend.gone", alias="t")) == f"NOT {value}"
    assert sql_text(resolve_rule(design, thing, "friend.gone is not true", alias="t")) == f"NOT {value} IS TRUE"
    assert sql_text(resolve_rule(design, thing, "open = friend.gone", alias="t")) == f"t.open = {value}"


def test_a_release_of_the_parser_that_says_more_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    assert undeclared() == []
    monkeypatch.setattr(exp.Like, "arg_types", {**exp.Like.arg_types, "inverted": False})
    assert undeclared() == ["Like: inverted"]


def test_no_part_of_a_node_can_be_lost() -> None:
    node: Any = exp.Between(this=exp.column("a"), low=exp.column("b"), high=exp.column("c"))
    with pytest.raises(AssertionError, match="would lose high"):
        rebuilt(node, this=node.this, low=node.args["low"])
    assert all(set(understood.split()) <= set(kind.arg_types) for kind, (understood, _) in GRAMMAR.items())


def test_a_literal_from_a_subquery_is_a_text(design: Design) -> None:
    """PostgreSQL has decided its type there: it cannot be compared as a date any more."""
    assert refused(design, "day in (select '2001-01-31' from things where owner = me)").code == "type-mismatch"
