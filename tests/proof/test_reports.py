"""What a proof found out, as lines and as a page."""

import re
import subprocess
from dataclasses import replace
from html.parser import HTMLParser

from backend_architect.cli.output import TerminalPaint
from backend_architect.proof import Verdict
from backend_architect.proof.client import Actor, Exchange
from backend_architect.report.evidence import case_lines, verdict_lines
from backend_architect.report.evidence_page import evidence_page
from backend_architect.report.plan_lines import plan_lines
from tests.proof.sample import EVIDENCE, RESULTS

PLAIN = TerminalPaint(on=False)


class Tags(HTMLParser):
    """Every element that is open, and what was never closed."""

    VOID = frozenset({"meta", "circle", "path", "polyline", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and (not self.open or self.open.pop() != tag):
            self.wrong.append(tag)


def test_the_three_questions_are_answered() -> None:
    assert verdict_lines(EVIDENCE, PLAIN) == [
        "Will it work? no: 1 of 6 cases did not hold",
        "Will it hold ten times the load? no: 1 of 2 cases did not hold",
        "Can someone else maintain it? not tried",
    ]


def test_a_failure_says_what_was_expected_what_came_and_how_to_repeat_it() -> None:
    assert case_lines(RESULTS[1], PLAIN) == [
        "  failed DELETE /v1/posts/{post_id} as stranger",
        "    expected: 401",
        "    actual: 204",
        "    advice: ask for the owner",
        '    repeat: curl -i "$API/v1/me"',
    ]


def test_what_is_sent_can_be_sent_again_by_a_shell() -> None:
    body = b'{"body": "a\x00b\\n 100% \xc3\xa9 it\'s \xff"}'
    exchange = Exchange(Actor("stranger", ""), "POST", "/v1/posts", {}, body, 422, {}, b"", 0.0)
    printed, _, command = exchange.curl.partition(" | ")
    assert command == 'curl -i -X POST "$API/v1/posts" --data-binary @-'
    assert subprocess.run(["sh", "-c", printed], capture_output=True, check=True).stdout == body


def test_no_page_holds_what_html_forbids() -> None:
    spoiled = replace(RESULTS[1], cases=(replace(RESULTS[1].cases[0], actual="a\x00b\x1b[31m"),))
    page = evidence_page(replace(EVIDENCE, results=(spoiled,)))
    assert "a\\x00b\\x1b[31m" in page
    assert not [char for char in page if ord(char) < 32 and char not in "\n\t"]


def test_the_page_is_whole_and_needs_no_network() -> None:
    page = evidence_page(EVIDENCE)
    tags = Tags(page)
    assert not tags.open and not tags.wrong
    assert not re.findall(r"(?:src|href)=|url\(|@import|<script", page)


def test_what_a_backend_answered_is_text_on_the_page() -> None:
    page = evidence_page(EVIDENCE)
    assert "&lt;script&gt;" in page
    assert "an unknown &lt;field&gt; is refused" in page


def test_the_access_matrix_is_a_grid() -> None:
    page = evidence_page(EVIDENCE)
    assert '<th class="cell">anonymous</th><th class="cell">stranger</th>' in page
    assert '<span class="chip failed">204</span>' in page


def test_projected_figures_are_told_from_measured_ones() -> None:
    page = evidence_page(EVIDENCE)
    assert '<td class="number">1.2<br></td>' in page
    assert '<td class="number projected">90 k</td>' in page
    assert "rows read at 1x: 900, 10x: 9,000, 100x: 90,000" in page


def test_a_terminal_shows_every_statement_with_its_growth() -> None:
    lines = plan_lines(next(result for result in RESULTS if result.probe == "plans"), PLAIN)
    [search] = [line for line in lines if "posts.search" in line]
    assert search.split() == ["posts.search", "failed", "900", "45.0", "66", "1.20", "-", "900", "9,000", "90,000"]


def test_an_interrupted_proof_says_so() -> None:
    interrupted = replace(EVIDENCE, wanted=(*EVIDENCE.wanted, "P64"))
    assert "The proof was interrupted" in evidence_page(interrupted)
    assert all(result.verdict in Verdict for result in interrupted.results)
