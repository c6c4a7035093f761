"""The same lookup, once for each row of a list.

What it checks: a statement that looks up one row (or the rows of one key). Where a log shows the order of a session's
statements: it comes several times in a row after the same statement, in at least half of that one's calls. Else, from
counts alone: it is called at least a thousand times, and about as often as another statement, a list, returns rows in
all, five or more for each of its calls, and no lookup of single rows of the list's table is called as often, which
would be a page of its own. Either way a key leads from the list to what is looked up, in its own table or in the one
that joins many to many. It is weighed by its share of all time and round trips, half a millisecond each.

Why it matters: a page of 20 rows becomes 21 round trips; each is quick, and all of them together are what users wait
for.

Example: `SELECT … FROM posts LIMIT 20` 1,000 times and `SELECT … FROM users WHERE id = $1` 20,000 times.

Instead: one statement: join the table, or look up all keys at once with `WHERE id = ANY($1)`.

When it is wrong: the lookup serves another page altogether, and the ratio is chance.
"""

from collections.abc import Iterator

from pglast import ast

from backend_architect.finding import Fact, Finding, Severity, Sureness
from backend_architect.postgres.catalog import Catalog
from backend_architect.sql.parsing import nodes
from backend_architect.sql.statement_facts import select_of, tables_of
from backend_architect.tune.examined import HIGH_SHARE, MEDIUM_SHARE, Examined
from backend_architect.tune.lookups import is_related, looks_up
from backend_architect.tune.observed import Observed
from backend_architect.tune.repeated_lookups import in_a_row
from backend_architect.tune.rule import Rule
from backend_architect.tune.workload import Statement, Workload

TIMES = 5.0
NEAR, SAME = 0.2, 0.05
MIN_CALLS = 1_000
ROUND_TRIP_MS = 0.5
"""From the application to the server and back, as within a data centre; the server's own time does not have it."""


def find(observed: Observed) -> Iterator[Finding]:
    """Yield a finding for each lookup whose calls are those of a list, times its rows."""
    workload, catalog = observed.workload, observed.catalog
    if workload is None:
        return
    lists = _lists(workload)
    whole = sum(_felt_ms(each) for each in workload.statements)
    for lookup in observed.statements:
        if not looks_up(lookup.statement):
            continue
        share = _felt_ms(lookup.statement) / whole if whole else 0.0
        seen = in_a_row(workload, lookup.statement)
        if seen is not None:
            if is_related(catalog, seen.listed, lookup.statement):
                yield _finding(lookup, seen.listed, Sureness.CERTAIN, seen.facts, rows=seen.run.length, share=share)
            continue
        feeding = [
            each for each in _feeding(lists, lookup.statement) if not _has_page(workload, each, lookup.statement)
        ]
        related = [each for each in feeding if is_related(catalog, each, lookup.statement)]
        if related:
            yield _likely(lookup, _most_called(related), share)


def list_of(workload: Workload, lookup: Statement, catalog: Catalog) -> Statement | None:
    """Return the list for each of whose rows a statement is called, None where it is no such lookup."""
    if not looks_up(lookup):
        return None
    seen = in_a_row(workload, lookup)
    if seen is not None:
        return seen.listed
    feeding = [each for each in _feeding(_lists(workload), lookup) if is_related(catalog, each, lookup)]
    return _most_called(feeding) if feeding else None


def _felt_ms(statement: Statement) -> float:
    """Return how long the application waits for all calls."""
    return statement.total_ms + statement.calls * ROUND_TRIP_MS


def _most_called(lists: list[Statement]) -> Statement:
    return max(lists, key=lambda each: (each.calls, each.id))


def _lists(workload: Workload) -> list[Statement]:
    """Return the statements that return several rows a call, of which each may be looked at."""
    return [each for each in workload.statements if each.rows >= TIMES * max(each.calls, 1) and _is_list(each)]


def _is_list(statement: Statement) -> bool:
    tree = select_of(statement.text)
    if tree is None or tree.groupClause:
        return False
    return not any(call.agg_star for call in nodes(tree.targetList or (), ast.FuncCall))


def _feeding(lists: list[Statement], lookup: Statement) -> list[Statement]:
    """Return the lists that return about as many rows in all as `lookup` is called."""
    if lookup.calls < MIN_CALLS:
        return []
    enough = [each for each in lists if each is not lookup and lookup.calls >= TIMES * each.calls]
    return [each for each in enough if abs(lookup.calls / each.rows - 1) < NEAR]


def _has_page(workload: Workload, listed: Statement, lookup: Statement) -> bool:
    """Return whether single rows of the list's table are read as often as the lookup: both are of one page, then."""
    tables = {name for _, name, _ in tables_of(select_of(listed.text))}
    alike = (each for each in workload.statements if abs(each.calls / lookup.calls - 1) < SAME and each is not lookup)
    return any(
        looks_up(each)
        and each.rows <= each.calls
        and {name for _, name, _ in tables_of(select_of(each.text))} <= tables
        for each in alike
    )


def _likely(lookup: Examined, listed: Statement, share: float) -> Finding:
    evidence = (Fact("rows of the list", f"{listed.rows:,.0f} in {listed.calls:,.0f} calls"),)
    return _finding(lookup, listed, Sureness.LIKELY, evidence, rows=listed.rows / listed.calls, share=share)


def _finding(
    lookup: Examined, listed: Statement, sureness: Sureness, evidence: tuple[Fact, ...], *, rows: float, share: float
) -> Finding:
    return Finding(
        code=RULE.code,
        severity=Severity.HIGH if share >= HIGH_SHARE else Severity.MEDIUM if share >= MEDIUM_SHARE else Severity.LOW,
        sureness=sureness,
        subject=lookup.shown,
        message=f"{lookup.shown} is called once for each row of {listed.shown}",
        why=f"a list of {rows:,.0f} rows becomes {rows + 1:,.0f} round trips",
        fix="join the table into the list, or look up all keys at once: WHERE key = ANY($1)",
        evidence=(*lookup.facts, Fact("share of the time with round trips", f"{share:.1%}"), *evidence),
    )


RULE = Rule("n-plus-one", "the same lookup, once for each row of a list", find)
