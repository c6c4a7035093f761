"""What must not be open is not, whatever the sentence around it says; judged by the rules of the design alone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from backend_architect.design.check import check_design
from backend_architect.design.expressions import resolve_rule
from backend_architect.design.load import read_design
from backend_architect.design.model import ACTIONS, Action, Design, Row
from backend_architect.design.rule_evaluation import ME, OTHER, KnownFacts, truth
from backend_architect.proposal import Proposal, propose_from_text

FOLDER = Path(__file__).parent
CASES: list[dict[str, Any]] = [
    case for name in ("closed.yaml", "closed_more.yaml") for case in YAML(typ="safe").load(FOLDER / name)
]
WRITES: tuple[Action, ...] = ("create", "update", "delete")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["brief"])
def test_nobody_may_more_than_was_meant(case: dict[str, Any]) -> None:
    proposal = propose_from_text(case["brief"])
    assert check_design(read_design(proposal.text)) == ()
    assert faults(proposal, case) == []


def test_there_are_enough_briefs() -> None:
    assert len(CASES) >= 140
    assert len({case["brief"] for case in CASES}) == len(CASES)


def test_the_judge_sees_what_is_open() -> None:
    """A blog is public and written by anybody: every kind of expectation is broken by it."""
    proposal = propose_from_text("A blog with comments")
    case = {
        "issued": ["article"],
        "own": ["comment"],
        "there": ["wallet"],
        "nobody": {"comment": ["create"]},
        "anonymous": ["comment"],
        "without": ["user"],
    }
    found = faults(proposal, case)
    assert len(found) >= 9, found


def faults(proposal: Proposal, case: dict[str, Any]) -> list[str]:
    """Return what the design allows and the case does not."""
    design = proposal.design
    rows = {row.name: row for row in design.rows_by_plural.values()}
    named = [*case.get("issued", ()), *case.get("own", ()), *case.get("there", ()), *case.get("anonymous", ())]
    found = [f"{name} is missing" for name in named if name not in rows]
    found += [f"{name} is there" for name in case.get("without", ()) if name in rows]
    found += [f"{design.load.users} users"] if design.load.users != case.get("users", design.load.users) else []
    for name, row in rows.items():
        if name not in case.get("public", ()) and may(design, row, "read", person=OTHER):
            found.append(f"a stranger reads {name}")
        found += [f"a stranger may {action} {name}" for action in WRITES[1:] if may(design, row, action, person=OTHER)]
        found += [
            f"anybody may {action} {name}" for action in WRITES if may(design, row, action, person=OTHER, me=None)
        ]
    found += [fault for name in case.get("issued", ()) if name in rows for fault in _not_issued(design, rows[name])]
    for name, actions in case.get("nobody", {}).items():
        found += [
            f"somebody may {action} {name}" for action in actions if name in rows and could(design, rows[name], action)
        ]
    for name in case.get("own", ()):
        found += [
            f"{name} is not its owner's" for a in ACTIONS if name in rows and not may(design, rows[name], a, person=ME)
        ]
    return found + [
        f"{name} has an author" for name in case.get("anonymous", ()) if name in rows and _people(design, rows[name])
    ]


def _not_issued(design: Design, row: Row) -> list[str]:
    """Return what somebody without a role may do to something that is about them."""
    return [f"{row.name}: whom it favours may {action}" for action in WRITES if may(design, row, action, person=ME)]


def may(design: Design, row: Row, action: Action, *, person: str, me: str | None = ME) -> bool:
    """Tell whether somebody without a role, and in no team, may do this to a row whose people are `person`."""
    tree = resolve_rule(design, row, row.allow.get(action, "nobody"))
    columns: dict[str, object] = {item.column: person for item in _people(design, row)}
    if row is design.account:
        columns["id"] = person
    parents = dict(_parents(design, row, row.table, person))
    return True in truth(tree, KnownFacts(me, frozenset(), {row.table: columns}, parents, edges=False))


def could(design: Design, row: Row, action: Action) -> bool:
    """Tell whether there is any row to which somebody without a role may do this."""
    return True in truth(resolve_rule(design, row, row.allow.get(action, "nobody")), KnownFacts(ME))


def _parents(design: Design, row: Row, alias: str, person: str, hops: int = 0) -> Iterator[tuple[tuple[str, str], Any]]:
    """Yield what is known of the rows that a row leads to: they are of the same person."""
    for item in row.references:
        target = design.entities[item.to or ""]
        if hops < 8:
            known: dict[str, object] = {one.column: person for one in _people(design, target)}
            yield (alias, item.name), known | ({"id": person} if target is design.account else {})
            yield from _parents(design, target, item.name, person, hops + 1)


def _people(design: Design, row: Row) -> list[Any]:
    account = design.account.name if design.account else ""
    return [item for item in row.references if item.to == account]
