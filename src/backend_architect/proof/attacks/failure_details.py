"""P60: what went wrong inside is told to the log, not to the client."""

import re
from collections.abc import Iterator, Mapping, Sequence

from backend_architect.design.routes import Route
from backend_architect.proof.attacks.addresses import address
from backend_architect.proof.attacks.broken import without_table
from backend_architect.proof.attacks.log_lines import Listening
from backend_architect.proof.attacks.sockets import verdict
from backend_architect.proof.evidence import Case, Group, skipped
from backend_architect.proof.lab import Lab
from backend_architect.proof.probe import Probe

INSIDE = re.compile(
    r"Traceback|File \"|\.py\b|asyncpg|pydantic|sqlalchemy|\bSELECT\b|\bINSERT\b|\bFROM\b|relation \"|column \""
    r"|does not exist|_taken_away|site-packages|/app/|Error\b",
)


def failure_details(lab: Lab) -> Iterator[Case]:
    """Give a case for each route that reads, while its table is away."""
    routes = [route for route in lab.subject.routes if route.method == "GET" and not _is_cached(route)]
    if not routes:
        yield skipped("a forced failure", "no route reads a table")
        return
    caller = lab.backend.insider()
    log = Listening(lab.backend)
    for route in routes:
        query = "?q=hello" if route.list and route.list.match else ""
        with without_table(lab.backend, route.row.table):
            answer = lab.backend.client.ask(caller, "GET", address(route) + query)
        held = answer.status == 500 and not _tells(answer.body, answer.headers)
        yield answer.case(f"{route.statement} without its table", expected="500 that tells nothing", held=held)
    told = [line for line in log.until(_tell_why) if "does not exist" in line]
    yield Case("the log", verdict(bool(told)), "the error itself", "".join(told[:1])[:600] or "nothing of it")


def _tell_why(lines: Sequence[str]) -> bool:
    return any("does not exist" in line for line in lines)


def _is_cached(route: Route) -> bool:
    return bool(route.list and route.list.cache_seconds)


def _tells(body: bytes, headers: Mapping[str, str]) -> bool:
    return bool(INSIDE.search(body.decode(errors="replace") + " ".join(headers.values())))


PROBE = Probe("P60", Group.ATTACKS, "a failure tells the client nothing of what is inside", failure_details)
