"""How statements without a name are told apart."""

from typing import Any

import pytest

from backend_architect.cli.output import TerminalPaint
from backend_architect.finding import Finding, Severity, Sureness
from backend_architect.report.advice import advice_lines
from backend_architect.report.findings import findings_sarif
from backend_architect.tune.indexes.model import Advice, StatementCost
from backend_architect.tune.reading.usable_statements import keep
from backend_architect.tune.statement_excerpt import excerpt_of
from backend_architect.tune.workload import Statement


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'SELECT "u"."id", "u"."name", "u"."email" FROM "u" WHERE "u"."id" = $1',
            'SELECT … FROM "u" WHERE "u"."id" = $1',
        ),
        ("/* a:b */ SELECT\n id FROM t -- the end", "SELECT id FROM t"),
        ("SELECT (SELECT max(x) FROM inside_of_it), one FROM t", "SELECT … FROM t"),
        ("SELECT 'FROM' FROM \"a\nb\"", "SELECT 'FROM' FROM \"a b\""),
        ("UPDATE t SET a = $1", "UPDATE t SET a = $1"),
        ("SELECT 'never closed", "SELECT 'never closed"),
        ("SELECT", "SELECT"),
    ],
)
def test_the_first_list_of_columns_tells_nothing(text: str, told: str) -> None:
    assert excerpt_of(text) == told


def test_a_short_text_is_shown_as_it_is_and_a_long_one_with_its_id() -> None:
    assert Statement("ab", "SELECT a, b FROM t", 1.0).shown == "SELECT a, b FROM t"
    long = f"SELECT {', '.join(f'column_{n}' for n in range(20))} FROM t WHERE id = $1"
    assert Statement("ab", long, 1.0).shown == "SELECT … FROM t WHERE id = $1 [ab]"


def test_a_comment_that_several_statements_share_is_no_name() -> None:
    texts = [
        "SELECT /* app */ * FROM posts WHERE body = 'q'",
        "SELECT /* app */ * FROM posts WHERE approved AND deleted_at < now()",
        "SELECT /* posts.feed */ id FROM posts WHERE author = $1",
        "SELECT /* posts.feed */ id FROM posts WHERE author = $1 AND due < $2",
        "SELECT /* posts.read */ id FROM posts WHERE id = $1",
    ]
    kept = keep([Statement(f"id{number}", text, 1.0) for number, text in enumerate(texts)], "here")
    assert sorted(each.shown for each in kept.statements) == [
        "SELECT * FROM posts WHERE approved AND deleted_at < now()",
        "SELECT * FROM posts WHERE body = 'q'",
        "posts.feed [id2]",
        "posts.feed [id3]",
        "posts.read",
    ]


def test_what_tells_statements_apart_is_not_cut_off() -> None:
    text = 'SELECT "conversations".* FROM "conversations" WHERE "conversations"."{}" = $1 ORDER BY "conversations"."id"'
    statements = [Statement(f"{number:012}", text.format(name), 1.0) for number, name in enumerate(("inbox", "team"))]
    costs = tuple(StatementCost(each, 100.0, 1.0) for each in statements)
    lines = advice_lines(Advice((), costs, None, "twin", 1), TerminalPaint(on=False))
    assert len({line for line in lines if "conversations" in line}) == 2


def test_a_message_that_begins_with_a_name_keeps_its_letters_in_sarif() -> None:
    finding = Finding(
        "duplicate-index", Severity.LOW, Sureness.CERTAIN, "c_acct", "c_acct is one too many", "writes", "drop c_acct"
    )
    runs: Any = findings_sarif([finding], {}, "db")["runs"]
    assert runs[0]["results"][0]["message"]["text"] == "c_acct is one too many. Writes. Drop c_acct."
