"""What the oracle answers, for a design whose right answers are plain."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from backend_architect.design import Design, load_design, read_design
from backend_architect.oracle import NOBODY, Caller, Oracle, OracleError
from backend_architect.postgres import EmbeddedServer, Session
from tests.conftest import RIGHT_DESIGNS
from tests.oracle.databases import database_of, stored

DESIGN = """
design: 1
backend: forum
auth: {account: user, sign_in: [password], roles: [moderator]}
entities:
  user: {fields: {name: {type: text, max: 80}}, allow: {read: anyone}}
  topic:
    fields:
      owner: {to: user, set: me}
      until: {type: timestamp, optional: true}
      size: {type: integer, default: 5}
    counts: {posts: posts.topic}
    computed:
      half: {type: integer, as: size / 2}
      room: {type: integer, as: half - posts}
    rules:
      mine: owner = me
      expired: until < now()
      full: room <= 0
    allow: {read: not expired or mine, create: signed_in, update: mine and not full}
  post:
    fields:
      author: {to: user, set: me}
      topic: {to: topic, optional: true, on_delete: set null}
      parent: {to: post, optional: true, on_delete: set null}
      title: {type: text, max: 80, optional: true}
      size: {type: integer, set: topic.size + 1}
    rules:
      open: not topic.expired
      same: exists (select from posts where posts.topic = this.topic and posts.id <> this.id and title like 'a%')
      shared: exists (select from memberships where memberships.topic = this.topic and user = me)
    allow: {read: topic.mine or author = me, create: open and shared, update: author = me or moderator}
edges:
  membership:
    pair: {topic: topic, user: user}
    fields: {role: {one_of: [plain, lead], default: plain}}
    allow: {read: anyone, create: topic.mine and not topic.full, delete: this.user = me}
lists:
  fresh: {of: post, where: open}
"""


@dataclass(frozen=True)
class Forum:
    """The rows that stand in the database."""

    database: Session
    design: Design
    oracle: Oracle
    ann: Caller
    ben: Caller
    topics: dict[str, str]
    posts: dict[str, str]


@pytest.fixture(scope="module")
def forum(server: EmbeddedServer) -> Iterator[Forum]:
    design = read_design(DESIGN).design
    with database_of(server, design) as db:
        ann, ben = (stored(db, "users", name=name) for name in ("Ann", "Ben"))
        topics = {
            name: stored(db, "topics", owner_id=ann, until=until, size=size)
            for name, until, size in (("ever", None, 5), ("past", "2001-01-01", 5), ("open", "2999-01-01", 2))
        }
        posts = {
            name: stored(db, "posts", author_id=ben, topic_id=topics.get(topic), title=title, size=1)
            for name, topic, title in (("ever", "ever", "abc"), ("past", "past", None), ("open", "open", "ab"))
        }
        posts["beside"] = stored(db, "posts", author_id=ben, topic_id=topics["open"], title="x", size=1)
        posts["alone"] = stored(db, "posts", author_id=ben, topic_id=None, title="abc", size=1)
        stored(db, "memberships", topic_id=topics["open"], user_id=ben, role="lead")
        yield Forum(db, design, Oracle(db, design), Caller(ann), Caller(ben), topics, posts)


def those(forum: Forum, text: str, caller: Caller = NOBODY) -> set[str]:
    """Return the names of the posts for which a rule holds."""
    found = forum.oracle.those(caller, forum.design.entities["post"], text, list(forum.posts.values()))
    return {name for name, identity in forum.posts.items() if identity in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("title is not null", {"ever", "open", "beside", "alone"}),
        ("title not like 'a%'", {"beside"}),
        ("not title like 'a%' or title is null", {"beside", "past"}),
        ("size not between symmetric 3 and 0", set()),
        ("title not in ('x', 'ab')", {"ever", "alone"}),
        ("topic.half = 2 and topic.size / 2 = 2", {"ever", "past"}),
        ("topic.posts = 2", {"open", "beside"}),
        ("topic.owner.name = 'Ann' and author.name = 'Ben'", {"ever", "past", "open", "beside"}),
        ("me is not null", set()),
        ("same", {"beside"}),
        ("(select count(*) from posts where topic = this.topic) = 2", {"open", "beside"}),
        ("exists (select from topics where topics.id = topic and topics.size = 2)", {"open", "beside"}),
        (
            "exists (select from topics where owner = me) or anyone and not nobody",
            {*["ever", "past", "open", "beside", "alone"]},
        ),
        ("created_at > now() - interval '1 day' and case when title = 'x' then true else false end", {"beside"}),
    ],
)
def test_postgresql_judges_the_text(forum: Forum, text: str, expected: set[str]) -> None:
    assert those(forum, text) == expected


def test_the_caller_is_known(forum: Forum) -> None:
    assert those(forum, "me is not null", forum.ann) == set(forum.posts)
    assert those(forum, "signed_in and author = me", forum.ann) == set()
    assert those(forum, "signed_in and author = me", forum.ben) == set(forum.posts)
    assert those(forum, "moderator", Caller(forum.ann.me, frozenset({"moderator"}))) == set(forum.posts)
    assert those(forum, "not moderator", forum.ann) == set(forum.posts)
    assert those(forum, "shared", forum.ben) == {"open", "beside"}


@pytest.mark.parametrize("text", ["topic.expired", "not topic.expired", "not (not topic.expired)", "open", "not open"])
def test_an_unknown_opens_neither_a_rule_nor_its_negation(forum: Forum, text: str) -> None:
    assert not {"ever", "alone"} & those(forum, text)
    assert those(forum, text) in ({"past"}, {"open", "beside"})


def test_actions_follow_the_rules(forum: Forum) -> None:
    oracle, topic = forum.oracle, forum.design.entities["topic"]
    assert oracle.visible(NOBODY, topic, list(forum.topics.values())) == {forum.topics["open"]}
    assert oracle.visible(forum.ann, topic, list(forum.topics.values())) == set(forum.topics.values())
    assert oracle.may(forum.ann, topic, "update", forum.topics["ever"])
    assert not oracle.may(forum.ann, topic, "update", forum.topics["open"])  # it is full
    assert not oracle.may(forum.ann, topic, "delete", forum.topics["ever"])  # no rule, no right


def test_a_new_row_is_asked_before_it_is_stored(forum: Forum) -> None:
    oracle, post = forum.oracle, forum.design.entities["post"]
    new = {"topic_id": forum.topics["open"]}
    assert oracle.may_make(forum.ben, post, new)
    assert not oracle.may_make(forum.ann, post, new)  # no member
    assert not oracle.may_make(forum.ben, post, {"topic_id": forum.topics["ever"]})
    assert oracle.new_row(forum.ben, post, new)["size"] == 3
    assert oracle.new_row(forum.ben, post, new)["author_id"] == forum.ben.me


def test_what_a_new_row_points_at_must_be_readable(forum: Forum) -> None:
    oracle, post = forum.oracle, forum.design.entities["post"]
    new = {"topic_id": forum.topics["open"], "parent_id": forum.posts["open"]}
    assert oracle.may_make(forum.ben, post, new)
    stored(forum.database, "memberships", topic_id=forum.topics["ever"], user_id=forum.ben.me, role="plain")
    hidden = stored(forum.database, "posts", author_id=forum.ann.me, topic_id=forum.topics["open"], size=1)
    assert oracle.may_make(forum.ben, post, new)
    assert not oracle.may_make(forum.ben, post, {**new, "parent_id": hidden})
    forum.database.run("DELETE FROM posts WHERE id = $1::text::uuid", hidden)


def test_a_rule_that_looks_at_the_target_decides_by_itself(forum: Forum) -> None:
    edge = forum.design.edges["membership"]
    hidden = {"topic_id": forum.topics["past"], "user_id": forum.ben.me}
    other = Caller(stored(forum.database, "users", name="Cem"))
    assert not forum.oracle.visible(other, forum.design.entities["topic"], [forum.topics["past"]])
    open_to_all = replace(edge, allow={"create": "signed_in and topic.size > 0"})
    assert forum.oracle.may_make(other, open_to_all, hidden)
    assert not forum.oracle.may_make(other, replace(edge, allow={"create": "signed_in"}), hidden)


def test_an_update_is_asked_of_the_row_before_and_after(forum: Forum) -> None:
    oracle, topic = forum.oracle, forum.design.entities["topic"]
    assert oracle.may_change(forum.ann, topic, forum.topics["ever"], {"size": 6})
    assert not oracle.may_change(forum.ann, topic, forum.topics["ever"], {"size": 1})
    assert not oracle.may_change(forum.ann, topic, forum.topics["open"], {"size": 100})


def test_edges_have_rules_too(forum: Forum) -> None:
    oracle, edge = forum.oracle, forum.design.edges["membership"]
    assert oracle.may_make(forum.ann, edge, {"topic_id": forum.topics["past"], "user_id": forum.ben.me})
    assert not oracle.may_make(forum.ben, edge, {"topic_id": forum.topics["past"], "user_id": forum.ben.me})
    assert oracle.of_each(forum.ben, edge, "role = 'lead'", [{"role": "lead"}, {"role": "plain"}]) == [True, False]


@pytest.mark.parametrize(
    "text",
    [
        "author = current_user",
        'title = "x"',
        "title = 'x' -- y",
        "pg_sleep(1)",
        "id = 1; select 1",
        "(title",
        "$1",
        "exists (select from nowhere where true)",
        "topic.nothing",
        "title.length",
        "title::text",
        "date '2001-01-01' > now()",
    ],
)
def test_what_is_no_rule_is_refused(forum: Forum, text: str) -> None:
    with pytest.raises(OracleError):
        those(forum, text)


def test_the_callers_settings_end_with_the_question(forum: Forum) -> None:
    assert those(forum, "signed_in", forum.ben)
    assert forum.database.value("SELECT oracle.me()") is None


def test_every_right_design_is_read(server: EmbeddedServer) -> None:
    for path in RIGHT_DESIGNS:
        design = load_design(path).design
        with database_of(server, design) as database:
            oracle, edges = Oracle(database, design), {each.plural for each in design.edges.values()}
            for row, text in [(each, text) for each in design.rows_by_plural.values() for text in each.allow.values()]:
                assert row.plural in edges or oracle.those(NOBODY, row, text, []) == set()
                assert oracle.of_new(NOBODY, row, text, {}) in {True, False, None}
