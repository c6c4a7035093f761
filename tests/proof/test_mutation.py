"""Built code is weakened by its syntax, and what is weakened is caught; what cannot run is no catch."""

import ast
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from pglast import parse_sql

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import choose_probes, read_subject
from backend_architect.proof.mutation.run import StrongProject, try_one, weakenings_of
from backend_architect.proof.mutation.sample import sample, share
from backend_architect.proof.mutation.trial import Outcome
from backend_architect.proof.mutation.weakening import Edit, Weakening, edited

EXAMPLES = ("bookings", "helpdesk", "shop", "social-sharing")
KINDS = {
    "and-part", "any-choice", "cache-key", "caller", "check", "check-in-code", "cookie", "edge", "effect", "event",
    "filter", "foreign-key", "half-condition", "input", "join-key", "leak", "limit", "lock", "lost-update",
    "nested-rule", "not-idempotent", "not-undone", "null-test", "or-half", "page-start", "revocation", "role",
    "rule-of-action", "rule-of-list", "session-condition", "taken-from-client", "token", "turns", "unique",
}  # fmt: skip
IN_CI = 6

Built = Callable[[str], Path]


def _strong(folder: Path, probes: tuple[str, ...] = ("access", "attacks")) -> StrongProject:
    """Return a project that holds as built: other tests show that it does."""
    chosen = choose_probes(probes)
    return StrongProject(folder.name, folder, read_subject(folder).migrations, chosen, {}, {})


def test_every_kind_of_weakening_is_found_in_the_examples(built: Built) -> None:
    found = {name: weakenings_of(built(name))[0] for name in EXAMPLES}
    assert {each.kind for group in found.values() for each in group} >= KINDS
    assert sum(len(sample(group, 1)) for group in found.values()) >= 60
    names = Counter(each.name for each in found["shop"])
    assert max(names.values()) == 1


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_weakening_changes_its_file_and_leaves_what_parses(name: str, built: Built) -> None:
    folder = built(name)
    for each in sample(weakenings_of(folder)[0], 6):
        for file in {edit.file for edit in each.edits}:
            text = (folder / file).read_text()
            weaker = edited(text, [edit for edit in each.edits if edit.file == file])
            assert weaker != text, each
            if file.endswith(".py"):
                ast.parse(weaker)
            else:
                assert parse_sql(weaker), each


def test_what_changes_nothing_is_left_out_with_a_reason(built: Built) -> None:
    equal = {each.what: why for each, why in weakenings_of(built("shop"))[1]}
    assert equal["SOLD_OUT without AND (products.on_sale OR :is_staff)"].startswith("another part of the condition")
    assert all(equal.values())


def test_a_fixed_share_is_caught(built: Built, server: EmbeddedServer) -> None:
    """The whole is `make mutate`; these few are the same ones each time."""
    strong = _strong(built("social-sharing"))
    tried = [try_one(strong, each, server) for each in share(weakenings_of(strong.folder)[0], IN_CI)]
    assert [trial for trial in tried if trial.outcome is not Outcome.CAUGHT] == []
    assert all(trial.probe and trial.why for trial in tried)


def test_what_changes_nothing_survives(built: Built, server: EmbeddedServer) -> None:
    strong = _strong(built("social-sharing"), ("P01",))
    nothing = Weakening("nothing", "app/main.py", 1, "a comment", (Edit("app/main.py", 0, 0, "# weaker\n"),))
    assert try_one(strong, nothing, server).outcome is Outcome.SURVIVED


REFUSED = {
    "it does not start": ("app/main.py", "raise SystemExit(1)\n"),
    "the server was not ready": ("app/posts/queries.py", "READ"),  # /readyz prepares every statement
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_run_was_not_caught(why: str, built: Built, server: EmbeddedServer) -> None:
    strong = _strong(built("social-sharing"), ("access",))
    file, text = REFUSED[why]
    source = (strong.folder / file).read_text()
    at = source.index("posts.id = :id AND {VISIBLE}") if text == "READ" else len(source)
    edit = Edit(file, at, at, "posts.nothing = 1 AND " if text == "READ" else f"\n{text}")
    trial = try_one(strong, Weakening("broken", file, 1, "it cannot run", (edit,)), server)
    assert trial.outcome is Outcome.NOT_TRIED and why in trial.why


# the probe, the example, the kind of weakening, and words of it
FOUND_BY = (
    ("P27", "helpdesk", "foreign-key", "auth_accounts"),
    ("P31", "bookings", "unique", "auth_accounts_email_key"),
    ("P34-P36", "social-sharing", "page-start", "OF_USER without"),
    ("P34-P36", "social-sharing", "limit", "Query(min_length=1, max_length=200)"),
    ("P54", "bookings", "half-condition", "without not key.isascii()"),
    ("P62", "bookings", "turns", "without PERFORM pg_advisory_xact_lock"),
    ("P66", "social-sharing", "lock", "FOR NO KEY UPDATE"),
    ("P66", "bookings", "lock", "room_2.id = opening_2.room_id"),
    ("P67", "shop", "not-undone", "order_lines_changed AFTER INSERT OR DELETE"),
    ("P68", "social-sharing", "not-undone", "no trigger comments_deleted"),
    ("P69", "shop", "cache-key", "without limit"),
    ("P70", "social-sharing", "lost-update", "UPDATE without"),
    ("P71", "shop", "unique", "order_lines without UNIQUE"),
    ("P71", "bookings", "unique", "family bytea"),
    ("P71", "shop", "unique", "tracking text"),
    ("P72", "social-sharing", "event", "notify_followers"),
    ("P72", "shop", "event", "send_tracking_link"),
    ("P73", "social-sharing", "limit", "posts.create"),
    ("P74", "social-sharing", "foreign-key", "shared_id"),
    ("P75", "social-sharing", "lock", "OPEN without FOR SHARE"),
    ("P76", "bookings", "edge", "new.people <= "),
    ("P77", "bookings", "or-half", "UPDATE without OR"),
    ("P77", "social-sharing", "join-key", "CREATE without AND follows.target_id"),
    ("P78", "social-sharing", "session-condition", "IS_LIVE without"),
    ("P78", "social-sharing", "revocation", "end_sessions without"),
    ("P79", "bookings", "check", "a_day_at_most"),
    ("P79", "helpdesk", "check", "memberships_role_check"),
    ("P80", "bookings", "nested-rule", "bookings.starts_at <= now()"),
    ("P80", "helpdesk", "edge", "tickets.due_on < CURRENT_DATE"),
    ("P81", "helpdesk", "check-in-code", "_complete_in_production: never if self.production and missing"),
    ("P82", "helpdesk", "lock", "tickets WHERE tickets.id = :id"),
    ("P83", "helpdesk", "rule-of-action", "DELETE without AND join_requests.company_id"),
    ("P84", "bookings", "half-condition", 'without not isinstance(claims["roles"], list)'),
    ("hidden-rows", "shop", "filter", "PRODUCTS_BY_CATEGORY without"),
)


@pytest.mark.parametrize(("probe", "name", "kind", "words"), FOUND_BY)
def test_each_probe_finds_its_kind_of_weakening(
    probe: str, name: str, kind: str, words: str, built: Built, server: EmbeddedServer
) -> None:
    strong = _strong(built(name), (probe,))
    found = [each for each in weakenings_of(strong.folder)[0] if each.kind == kind and words in each.what]
    assert found, f"nothing of the kind {kind} says {words}"
    trial = try_one(strong, found[0], server)
    assert (trial.outcome, trial.probe) == (Outcome.CAUGHT, probe), trial
