"""What a tired engineer leaves of a rule is found by the access probes: several at once in one copy of an example."""

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from backend_architect.postgres import EmbeddedServer
from backend_architect.proof import Case, Group, Lab, Verdict, choose_probes, prove, read_subject

pytestmark = pytest.mark.slow


class Weakness(NamedTuple):
    """A pattern in a file, what takes its place, and the case in which that shows: its title's beginning, its words."""

    example: str
    file: str
    strong: str
    weak: str
    title: str
    says: str


WEAKNESSES = {
    "a rule dropped from one filter": Weakness(
        "helpdesk", "app/tickets/queries.py",
        r"\{VISIBLE\} AND (tickets\.state = :state::text\s+AND \(tickets\.created)", r"\1",
        "GET /v1/teams/{team_id}/tickets for", "hidden rows shown",
    ),
    "a rule dropped from a search": Weakness(
        "helpdesk", "app/tickets/queries.py",
        r"\{VISIBLE\} AND (\(tickets\.\w+, tickets\.id\) < \(:after_key, :after_id\)\s+AND tickets\.search)", r"\1",
        "GET /v1/teams/{team_id}/search for", "hidden rows shown",
    ),
    "a related row without its rule": Weakness(
        "helpdesk", "app/replies/queries.py",
        r"(JOIN people AS author ON author\.id = replies\.author_id\s+AND \()", r"\1true OR ",
        "GET /v1/tickets/{ticket_id}/replies for", "author is",
    ),
    "a field without its rule": Weakness(
        "helpdesk", "app/people/queries.py",
        r"CASE WHEN people\.id = :me THEN people\.phone END AS phone", "people.phone",
        "GET /v1/people/{person_id} as", "phone is",
    ),
    "a page that begins a row too early": Weakness(
        "helpdesk", "app/teams/queries.py", r"(\(teams\.name, teams\.id\)) > ", r"\1 >= ",
        "GET /v1/companies/{company_id}/teams for", "rows come twice",
    ),
    "a limit that was raised": Weakness(
        "helpdesk", "app/core/pagination.py", r"le=100", "le=1000",
        "GET /v1/my-tickets of more than 100 rows for", "200 for limit=101",
    ),
    "a relation to somebody hidden": Weakness(
        "helpdesk", "app/tickets/queries.py",
        r"(changed\.assignee_id IS NULL)\s+OR EXISTS \(", r"\1 OR true OR EXISTS (",
        "PATCH /v1/tickets/{ticket_id} of relations as", "assignee of a row of",
    ),
    "a lead of any tenant": Weakness(
        "helpdesk", "app/memberships/queries.py",
        r"memberships_2\.company_id = company\.id\s+AND (memberships_2\.person_id = :me AND memberships_2\.role)",
        r"\1",
        "DELETE /v1/companies/{company_id}/people/{person_id} in both tenants as other-owner", "it is gone afterwards",
    ),
    "a deletion by whoever once made the row": Weakness(
        "helpdesk", "app/attachments/queries.py",
        r"(attachments\.id = :id AND attachments\.sender_id = :me)\n  AND EXISTS \(",
        r"\1 AND EXISTS (SELECT 1 UNION ALL ",
        "DELETE /v1/attachments/{attachment_id} as former-member about a row of their own", "412",
    ),
    "a version told to who may not write": Weakness(
        "helpdesk", "app/people/queries.py",
        r"await would_write\(db, UPDATE, \*\*values, if_match=None\)", "await read(db, person_id, me)",
        "PATCH /v1/people/{person_id} as member:lead", "412",
    ),
    "a row moved to where its sender may make none": Weakness(
        "moves", "app/tasks/queries.py",
        r"\n\s+AND \(SELECT [^)]*\bproject\.id = changed\.project_id\) = :\w+", "",
        "PATCH /v1/tasks/{task_id} of relations as owner", "200, not 403 or 404",
    ),
    "a count that stays behind": Weakness(
        "moves", "migrations/0002_schema.sql",
        r"(WHERE id = OLD\.project_id;\s+UPDATE projects SET tasks_count = tasks_count) \+ 1", r"\1",
        "every kept count is the number of its rows", "projects.tasks",
    ),
    "a price that stays behind": Weakness(
        "sales", "app/gifts/queries.py", r"unit_price = changed\.unit_price", "unit_price = gifts.unit_price",
        "PATCH /v1/gifts/{gift_id} of relations as owner", "unit_price is still",
    ),
    "a product that is not sold": Weakness(
        "sales", "app/gifts/queries.py",
        r"(product\.id = changed\.product_id) AND product\.on_sale", r"\1",
        "PATCH /v1/gifts/{gift_id} of relations as stranger", "200, not 403 or 404",
    ),
    "half of a rule dropped": Weakness(
        "social-sharing", "app/posts/queries.py",
        r"(posts\.audience = 'public') OR posts\.author_id = :me(\s+OR EXISTS \(\s+SELECT 1 FROM follows)", r"\1\2",
        "GET /v1/users/{user_id}/posts for owner", "visible rows missing",
    ),
    "a nested row of its own kind without its rule": Weakness(
        "social-sharing", "app/posts/queries.py", r"(ON shared\.id = posts\.shared_id\s+AND \()", r"\1true OR ",
        "GET /v1/search for", "shared is",
    ),
    "a key of the cache that ends too early": Weakness(
        "shop", "app/core/cache.py", r"(    now = monotonic\(\)\n    entry = )", r"    key = key[:1]\n\1",
        "GET /v1/cheapest from the cache for", "",
    ),
    "a condition of a list dropped": Weakness(
        "shop", "app/products/queries.py", r"products\.on_sale AND (products\.stock = 0)", r"\1",
        "GET /v1/sold-out for moderator", "hidden rows shown",
    ),
    "another's orders by a filter": Weakness(
        "shop", "app/orders/queries.py",
        r"(:user_id AND )\(orders\.customer_id = :me OR :is_staff\)(\s+AND orders\.state = :state::text)",
        r"\1(:me::uuid IS NOT NULL OR :is_staff)\2",
        "GET /v1/users/{user_id}/orders for", "hidden rows shown",
    ),
}  # fmt: skip
EXAMPLES = sorted({each.example for each in WEAKNESSES.values()})


@pytest.fixture(scope="module")
def found(
    built: Callable[[str], Path], server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], list[Case]]:
    """Return the failed cases of a copy of an example that is weak in all of its points, proven once."""
    cases: dict[str, list[Case]] = {}

    def prove_weak(example: str) -> list[Case]:
        if example not in cases:
            folder = tmp_path_factory.mktemp("weakened") / example
            shutil.copytree(built(example), folder, ignore=shutil.ignore_patterns(".data", "__pycache__"))
            for each in (each for each in WEAKNESSES.values() if each.example == example):
                _weaken(folder / each.file, each)
            with Lab(read_subject(folder), print, server) as lab:
                evidence = list(prove(lab, choose_probes([Group.ACCESS])))[-1].evidence
            failed = [case for result in evidence.results for case in result.cases]
            cases[example] = [case for case in failed if case.verdict is Verdict.FAILED]
        return cases[example]

    return prove_weak


def _weaken(file: Path, weakness: Weakness) -> None:
    text, number = re.subn(weakness.strong, weakness.weak, file.read_text(), count=1)
    assert number == 1, f"{file} has no {weakness.strong!r} any more: weaken it where it is strong now"
    if file.suffix == ".py":
        compile(text, str(file), "exec")
    file.write_text(text)


@pytest.mark.parametrize("weakness", WEAKNESSES)
def test_a_weakness_is_found(weakness: str, found: Callable[[str], list[Case]]) -> None:
    each = WEAKNESSES[weakness]
    cases = found(each.example)
    told = [f"{case.title}: {case.actual}" for case in cases]
    assert any(line.startswith(each.title) and each.says in line for line in told), "\n".join(told)
