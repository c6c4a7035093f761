"""Findings → the same findings with the statement rewritten, where running both has not shown a difference."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from pglast.parser import scan

from backend_architect.finding import Fact, Finding
from backend_architect.tune.findings.n_plus_one import list_of
from backend_architect.tune.observed import Observed
from backend_architect.tune.rewrites.model import Joined, Rewrite, RewriteRefusal, RewriteVerdict
from backend_architect.tune.rewrites.propose import REWRITERS, rewrite
from backend_architect.tune.rewrites.trial import check_all
from backend_architect.tune.workload import Statement

WRITES = {"UPDATE", "DELETE_P"}
MAX_CHECKED = 40
NOT_CHECKED = RewriteVerdict("unchecked", f"not checked: only the first {MAX_CHECKED} rewrites are")


@dataclass(frozen=True, slots=True)
class Proposed:
    """What was thought of for one finding."""

    finding: Finding
    name: str
    list_name: str
    rewrites: tuple[Rewrite | RewriteRefusal, ...]


async def with_rewrites(findings: Sequence[Finding], observed: Observed, server: str) -> tuple[Finding, ...]:
    """Return all findings in their order, those that a rewrite fixes with it and with what checking it said.

    `server` is the URL of an embedded server, on which a database is made for it; never the tuned one.
    """
    proposed = [_proposed(finding, observed) for finding in findings]
    written = list(_written(proposed))
    verdicts = await check_all(written[:MAX_CHECKED], observed.catalog, server)
    of = {id(each): verdict for each, verdict in zip(written, verdicts, strict=False)}
    parents = frozenset((table.schema, table.name) for table in observed.catalog.tables if table.kind == "p")
    return tuple(
        _shown(each, {id(one): of.get(id(one), NOT_CHECKED) for one in each.rewrites}, parents) for each in proposed
    )


def _proposed(finding: Finding, observed: Observed) -> Proposed:
    statement = _statement(finding, observed) if finding.code in REWRITERS else None
    if statement is None or observed.workload is None:
        return Proposed(finding, "", "", ())
    listed = list_of(observed.workload, statement, observed.catalog) if finding.code == "n-plus-one" else None
    text, name = (listed.text, listed.name) if listed else ("", "")
    found = rewrite(finding.code, statement.text, observed.catalog, listed=text)
    return Proposed(finding, statement.name, name, found)


def _statement(finding: Finding, observed: Observed) -> Statement | None:
    """Return the statement that a finding is about: the subject is its name, with a column in brackets for some."""
    for statement in observed.workload.statements if observed.workload else ():
        if finding.subject == statement.shown or finding.subject.startswith(f"{statement.shown} ("):
            return statement
    return None


def _written(proposed: Sequence[Proposed]) -> Iterator[Rewrite]:
    for each in proposed:
        yield from (one for one in each.rewrites if isinstance(one, Rewrite))


def _shown(
    proposed: Proposed, verdicts: dict[int, RewriteVerdict], partitioned: Collection[tuple[str, str]]
) -> Finding:
    """Return a finding with the rewrites that were not found to differ, and a fact for each that was thought of."""
    parts: list[str] = []
    facts: list[Fact] = []
    for each in proposed.rewrites:
        if isinstance(each, RewriteRefusal):
            facts.append(Fact("no rewrite:", each.reason))
            continue
        verdict = verdicts[id(each)]
        facts.append(Fact("rewrite", f"{'not shown: ' if verdict.state == 'different' else ''}{verdict.text}"))
        if verdict.state != "different":
            name = proposed.list_name if isinstance(each.trial, Joined) else proposed.name
            parts.append(rewrite_text(each, verdict, name, partitioned))
    finding = proposed.finding
    return replace(finding, rewrite="\n\n".join(parts), evidence=(*finding.evidence, *dict.fromkeys(facts)))


def rewrite_text(
    written: Rewrite, verdict: RewriteVerdict, name: str = "", partitioned: Collection[tuple[str, str]] = ()
) -> str:
    """Return a rewrite as SQL: what must be known of it as comments in front, and behind it the index that it needs.

    `partitioned` are the tables, by schema and name, that no index is built on concurrently.
    """
    comments = [
        f"-- {line}" for text in (f"{written.what}: {verdict.text}", *written.notes) for line in text.splitlines()
    ]
    indexes = (each.statement(concurrently=(each.schema, each.table) not in partitioned) for each in written.indexes)
    return "\n".join([*comments, f"{_named(written.sql, name)};", *indexes])


def _named(sql: str, name: str) -> str:
    """Return a statement with its name as a comment behind the first keyword, where pg_stat_statements keeps it."""
    first = next((token.end + 1 for token in scan(sql) if token.kind == "RESERVED_KEYWORD" or token.name in WRITES), 0)
    return f"{sql[:first]} /* {name} */{sql[first:]}" if name and first else sql
