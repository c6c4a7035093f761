"""Built code is weakened by its syntax, and what is weakened is caught; what cannot run is no catch."""

import ast
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from pglast import parse_sql

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import choose_probes, read_subject
from backend_architect.proof.mutation.run import Prepared, try_one, weakenings_of
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


def _strong(folder: Path, probes: tuple[str, ...] = ("access", "attacks")) -> Prepared:
    """Return a project that holds as built: other tests show that it does."""
    chosen = choose_probes(probes)
    return Prepared(folder.name, folder, read_subject(folder).migrations, chosen, {}, {})


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
    assert equal["SOLD_OUT without AND (products.on_sale OR $1)"].startswith("another part of the condition")
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
    "cannot be prepared": ("app/posts/queries.py", "READ"),
}


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_run_was_not_caught(why: str, built: Built, server: EmbeddedServer) -> None:
    strong = _strong(built("social-sharing"), ("access",))
    file, text = REFUSED[why]
    source = (strong.folder / file).read_text()
    at = source.index("posts.id = $2 AND {VISIBLE}") if text == "READ" else len(source)
    edit = Edit(file, at, at, "posts.nothing = 1 AND " if text == "READ" else f"\n{text}")
    trial = try_one(strong, Weakening("broken", file, 1, "it cannot run", (edit,)), server)
    assert trial.outcome is Outcome.NOT_TRIED and why in trial.why


# probe: the example, the kind of weakening, and words of it
FOUND_BY = {
    "P34-P36": ("social-sharing", "page-start", "OF_USER without"),
    "P68": ("social-sharing", "not-undone", "no trigger comments_deleted"),
    "P66": ("social-sharing", "lock", "FOR NO KEY UPDATE"),
    "P67": ("shop", "not-undone", "order_lines_changed AFTER INSERT OR DELETE"),
    "P69": ("shop", "cache-key", "without limit"),
    "P70": ("social-sharing", "lost-update", "UPDATE without"),
    "P71": ("shop", "unique", "order_lines without UNIQUE"),
    "P72": ("social-sharing", "event", "notify_followers"),
    "P73": ("social-sharing", "limit", "posts.create"),
    "P74": ("social-sharing", "foreign-key", "shared_id"),
    "P75": ("social-sharing", "lock", "OPEN without FOR SHARE"),
    "P76": ("bookings", "edge", "new.people <= "),
    "P77": ("bookings", "or-half", "UPDATE without OR"),
    "P78": ("social-sharing", "session-condition", "IS_LIVE without"),
}


@pytest.mark.parametrize("probe", FOUND_BY)
def test_each_probe_finds_its_kind_of_weakening(probe: str, built: Built, server: EmbeddedServer) -> None:
    name, kind, words = FOUND_BY[probe]
    strong = _strong(built(name), (probe,))
    found = [each for each in weakenings_of(strong.folder)[0] if each.kind == kind and words in each.what]
    assert found, f"nothing of the kind {kind} says {words}"
    trial = try_one(strong, found[0], server)
    assert (trial.outcome, trial.probe) == (Outcome.CAUGHT, probe), trial
