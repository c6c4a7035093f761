"""`architect check`: problems fail it; warnings and notes are said, and do not."""

import json
import shutil
from pathlib import Path

from tests.cli.typed import EXAMPLE, ROOT, architect

CASES = ROOT / "tests" / "cases" / "designs"
GUARDED = CASES / "wrong" / "hidden-fields-told" / "backend.yaml"
WARNED = CASES / "warned" / "all-kinds" / "backend.yaml"
EARLIER = """\
design: 1
backend: earlier
auth: {account: user}
entities:
  user:
    fields: {name: {type: text, max: 80}, left_on: {type: date, optional: true}}
    rules: {gone: left_on is not null}
    allow: {read: anyone, update: id = me}
"""


def test_every_leak_of_a_hidden_field_is_said_at_once_with_place_and_fix() -> None:
    answer = architect("check", str(GUARDED))
    assert answer.status == 1
    for place in ("user.fields.pin", "user.counts.fans", "computed.rich", "computed.twice", "computed.doc_secret"):
        assert f"entities.{place}" in answer.err or f"entities.user.{place}" in answer.err
    for place in ("users.filter", "by_salary.order", "search.match", "rich.where", "buddies of user.by"):
        assert f"lists.{place}" in answer.err
    assert answer.err.count("  fix: ") == 10
    assert answer.err.endswith("10 problems\n")


def test_warnings_are_said_and_the_check_holds() -> None:
    answer = architect("check", str(WARNED))
    assert answer.status == 0
    assert "backend.yaml:26:23 entities.ticket.counts.replies: warning: counts-hidden-rows: " in answer.out
    assert "no problems found" in answer.out
    data = json.loads(architect("check", str(WARNED), "--json").out)
    assert data["problems"] == []
    assert {warning["severity"] for warning in data["warnings"]} == {"warning"}
    assert data["warnings"][0]["path"] == "entities.user.allow.read"


def test_a_build_says_how_many_warnings_there_are(tmp_path: Path) -> None:
    folder = tmp_path / "warned"
    answer = architect("build", str(folder), "--design", str(WARNED))
    assert answer.status == 0
    assert "15 warnings about the design (anyone-reads-sensitive, " in answer.out
    assert "architect check" in answer.out.splitlines()[-1]


def test_a_moderator_of_articles_deletes_only_what_she_may_read(tmp_path: Path) -> None:
    assert architect("a blog with posts, comments and moderation", "--dir", str(tmp_path / "blog")).status == 0
    assert "action-wider-than-read" not in architect("check", str(tmp_path / "blog")).out


def test_a_build_warns_of_a_handler_that_is_gone(tmp_path: Path) -> None:
    design = tmp_path / "backend.yaml"
    design.write_text(EXAMPLE.read_text())
    assert "handler-gone" not in architect("build", str(tmp_path)).out
    design.write_text(EXAMPLE.read_text().replace("run: notify_followers", "run: tell_followers"))
    dry = architect("build", str(tmp_path), "--dry-run")
    assert dry.err.startswith("app/worker.py: warning: handler-gone: `notify_followers` has no handler any more")
    assert "handler-gone" not in dry.out  # which is a diff
    shutil.copytree(tmp_path, tmp_path.parent / "as_data")
    data = json.loads(architect("build", str(tmp_path.parent / "as_data"), "--json").out)
    assert [(each["code"], each["severity"]) for each in data["warnings"]] == [("handler-gone", "warning")]
    told = architect("build", str(tmp_path))
    assert told.status == 0
    assert "`pgq backlog` shows how many wait; until none does, keep the event, or `notify_followers`" in told.out
    assert "handler-gone" not in architect("build", str(tmp_path)).out  # said once


def test_a_project_of_the_first_edition_is_told_what_was_compiled_wrongly(tmp_path: Path) -> None:
    design = tmp_path / "backend.yaml"
    design.write_text(EARLIER)
    assert "note:" not in architect("check", str(tmp_path)).out  # nothing was built here
    assert architect("build", str(tmp_path)).status == 0
    assert "note:" not in architect("check", str(tmp_path)).out
    _as_the_first_edition_left_it(tmp_path)

    answer = architect("check", str(tmp_path))
    assert answer.status == 0
    assert "backend.yaml:7:19 entities.user.rules.gone: note: rule-compiled-wrongly-before: " in answer.out
    assert "`is not null` was built as `is null`" in answer.out
    data = json.loads(architect("check", str(design), "--json").out)
    assert [each["code"] for each in data["warnings"]] == ["built-by-first-edition", "rule-compiled-wrongly-before"]

    assert architect("build", str(tmp_path)).status == 0
    assert "note:" not in architect("check", str(tmp_path)).out


def test_notes_are_said_beside_problems_and_when_nothing_was_wrong(tmp_path: Path) -> None:
    design = tmp_path / "backend.yaml"
    design.write_text(EARLIER.replace("is not null", "is null"))
    assert architect("build", str(tmp_path)).status == 0
    _as_the_first_edition_left_it(tmp_path)
    assert "nothing in this design is among" in architect("check", str(tmp_path)).out

    design.write_text(EARLIER + "lists:\n  gone: {of: person}\n")
    answer = architect("check", str(tmp_path))
    assert answer.status == 1
    assert "unknown-name" in answer.err
    assert "note: rule-compiled-wrongly-before" in answer.err
    data = json.loads(architect("check", str(tmp_path), "--json").out)
    assert [each["code"] for each in data["problems"]] == ["unknown-name"]
    assert {each["severity"] for each in data["warnings"]} == {"note"}


def _as_the_first_edition_left_it(folder: Path) -> None:
    """Take the version out of the memory of the build: 0.1.0 wrote none."""
    base = folder / ".architect" / "base.json"
    head, _, rest = base.read_text().partition('"files"')
    assert head.startswith('{"format": 1, "tool": "')
    base.write_text('{"format": 1, "files"' + rest)
