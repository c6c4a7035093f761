"""What is said to follow does follow, and what is said to be impossible is: tried on rows in a real PostgreSQL."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlglot import exp

from backend_architect.design import read_design
from backend_architect.design.expressions import resolve_rule
from backend_architect.design.implication import implies
from backend_architect.design.satisfiability import possible_values
from backend_architect.postgres import EmbeddedServer, Session

DESIGN = read_design("""\
design: 1
backend: implied
auth: {account: user, roles: [boss]}
entities:
  user: {fields: {name: {type: text, max: 80}}, allow: {read: anyone, update: id = me}}
  item:
    fields:
      owner: {to: user, set: me}
      friend: {to: user, optional: true}
      state: {one_of: [a, b, c], default: a}
      lit: {type: boolean, optional: true}
      few: {type: integer, min: 1, max: 3, default: 1}
    rules: {mine: owner = me}
    allow: {read: anyone, create: signed_in}
edges:
  mark: {pair: {user: user, item: item}, fields: {loud: {type: boolean, optional: true}}, allow: {create: signed_in}}
""").design
ITEM = DESIGN.entities["item"]
TABLES = """
CREATE TEMP TABLE items (id int, owner_id int NOT NULL, friend_id int, state text, lit boolean, few int);
CREATE TEMP TABLE marks (user_id int, item_id int, loud boolean);
INSERT INTO items SELECT row_number() OVER (), owner, friend, state, lit, few
FROM (VALUES (1), (2)) o(owner), (VALUES (1), (2), (NULL)) f(friend), (VALUES ('a'), ('b'), ('c')) s(state),
     (VALUES (true), (false), (NULL)) l(lit), (VALUES (1), (2), (3)) n(few), generate_series(1, 5);
INSERT INTO marks SELECT 1 + id % 2, id, CASE id % 3 WHEN 0 THEN true WHEN 1 THEN false END FROM items WHERE id % 5 < 4;
"""
CALLERS = [("1::int", "true"), ("1::int", "false"), ("NULL::int", "false")]
ATOMS = [
    "owner = me", "mine", "friend = me", "friend is null", "not friend is null", "state = 'a'", "state <> 'a'",
    "state in ('a', 'b')", "signed_in", "lit", "lit is true", "lit is null", "few > 1", "few < 3", "few = 2", "few > 3",
    "boss",    "owner = friend", "exists (select from marks where item = items.id and user = me)",
    "exists (select from marks where item = items.id and user = me and loud)",
    "exists (select from marks where item = items.id)",
]  # fmt: skip


def rules(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Return rules made of these conditions."""

    def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
        joined = st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda part: f"({' '.join(part)})")
        return joined | inner.map(lambda part: f"(not {part})")

    return st.recursive(atoms, wider, max_leaves=5)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    """Return two rules over the same few conditions, so that one often follows from the other."""
    few = st.sampled_from(draw(st.lists(st.sampled_from(ATOMS), min_size=1, max_size=4, unique=True)))
    return draw(rules(few)), draw(rules(few))


@pytest.fixture(scope="module")
def rows(server: EmbeddedServer) -> Iterator[Session]:
    with Session(server.url()) as session:
        session.run(TABLES)
        yield session


def found(rows: Session, select: str, *texts: str) -> Iterator[object]:
    """Yield the answer to a query over the rules, for each caller."""
    for me, boss in CALLERS:
        sql = [_with_caller(resolve_rule(DESIGN, ITEM, text), me, boss) for text in texts]
        yield rows.value(select.format(*sql))


def _with_caller(tree: exp.Expr, me: str, boss: str) -> str:
    def given_caller(node: exp.Expr) -> exp.Expr:
        if not isinstance(node, exp.Placeholder):
            return node
        return exp.Var(this=f"({me if node.name == 'me' else boss})")

    return tree.transform(given_caller).sql("postgres")


BOUNDED = settings(
    max_examples=250,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
followed = {True: 0, False: 0}


@BOUNDED
@given(pairs())
def test_what_follows_is_true_wherever_its_premise_is(rows: Session, pair: tuple[str, str]) -> None:
    premise, goal = (resolve_rule(DESIGN, ITEM, text) for text in pair)
    follows = implies([premise], goal)
    followed[follows] += 1
    if follows:
        against = "SELECT count(*) FROM items WHERE ({0}) AND (({1}) IS NOT TRUE)"
        assert set(found(rows, against, *pair)) == {0}, pair


def test_enough_followed_and_enough_did_not() -> None:
    assert min(followed.values()) > 40


@BOUNDED
@given(rules(st.sampled_from(ATOMS)))
def test_no_row_has_a_value_that_is_said_to_be_impossible(rows: Session, text: str) -> None:
    said = possible_values(DESIGN, ITEM, resolve_rule(DESIGN, ITEM, text))
    if said is not None:
        listed = "SELECT array_agg(DISTINCT coalesce(({0})::text, 'null')) FROM items"
        values = {value for answer in found(rows, listed, text) for value in answer}  # type: ignore[attr-defined]
        assert values <= {"null" if value is None else str(value).lower() for value in said}, text
