"""Findings beside the advice: of two indexes for the same, one is shown."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from pglast import ast
from pglast.stream import RawStream

from backend_architect.finding import Finding, Sureness
from backend_architect.sql.parsing import parse
from backend_architect.tune.indexes.model import Advice, NewIndex, NewKey, Recommended
from backend_architect.tune.migration.read_index import read_index

FOREIGN_KEY = "unindexed-foreign-key"
NOT_TAKEN = "; no index for it is shown: the planner's costs do not pay for one with this workload"


def beside_advice(findings: Iterable[Finding], advice: Advice | None) -> tuple[Finding, ...]:
    """Return the findings; what an advised index serves names that one, and shows no index of its own.

    An index that a finished choice did not take is not shown either, unless the finding is certain of it.
    """
    return tuple(_beside(each, advice) if advice else each for each in findings)


def serving(finding: Finding, recommended: Iterable[Recommended]) -> list[str]:
    """Return the names of the advised indexes that serve all that the index in a finding's SQL would."""
    wanted = list(indexes_in(finding.sql))
    return [each.index.name for each in recommended if any(_serves(each.index, own, finding.code) for own in wanted)]


def indexes_in(sql: str) -> Iterator[NewIndex]:
    """Yield the indexes that some SQL makes."""
    for tree in parse(sql) or ():
        if isinstance(tree, ast.IndexStmt):
            yield read_index(tree)


def _beside(finding: Finding, advice: Advice) -> Finding:
    if "CREATE INDEX" not in finding.sql or finding.code == "invalid-index":
        return finding
    names = serving(finding, advice.recommended)
    if names:
        return replace(finding, fix=f"the advised index {min(names)} serves it too", sql="")
    finished = not advice.left and advice.budget is None
    if finished and finding.sureness is not Sureness.CERTAIN:
        return replace(finding, fix=f"{finding.fix}{NOT_TAKEN}", sql="")
    return finding


def _serves(index: NewIndex, own: NewIndex, code: str) -> bool:
    """Return whether an index begins with all keys of another; those of a foreign key may come in any order."""
    same_table = (index.schema, index.table, index.method) == (own.schema, own.table, own.method)
    if not same_table or index.predicate not in {"", own.predicate}:
        return False
    keys, wanted = ([_plain(key) for key in each.keys] for each in (index, own))
    first: Sequence[tuple[str, str]] = keys[: len(wanted)]
    return set(first) == set(wanted) if code == FOREIGN_KEY else list(first) == wanted


def _plain(key: NewKey) -> tuple[str, str]:
    """Return a key without its direction: a btree is read both ways."""
    if key.column:
        return f"column {key.column}", key.opclass
    trees = parse(f"SELECT {key.expression}")
    return (str(RawStream()(trees[0].targetList[0].val)) if trees else key.expression), key.opclass
