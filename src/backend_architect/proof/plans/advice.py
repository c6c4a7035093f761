"""What `architect tune` says of a project's statements: its findings, and the indexes that it chooses on the twin."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from backend_architect.finding import Finding
from backend_architect.planner_twin import Statistics, Twin
from backend_architect.postgres.catalog import Catalog, Column, Table
from backend_architect.proof.plans.view import StatementAdvice, StatementView
from backend_architect.tune.find import find_guarded
from backend_architect.tune.findings import (
    cast_on_column,
    count_of_all,
    function_on_column,
    leading_wildcard,
    mismatched_join,
    not_in_subquery,
    offset_page,
    or_across_columns,
    order_by_random,
    unindexed_foreign_key,
)
from backend_architect.tune.indexes.choice_limits import ChoiceLimits
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.indexes.select import choose
from backend_architect.tune.observed import Observed
from backend_architect.tune.plannable import plannable
from backend_architect.tune.what_if import TwinWhatIf
from backend_architect.tune.workload import Statement, Workload

OF_TEXTS = (
    cast_on_column.RULE,
    function_on_column.RULE,
    leading_wildcard.RULE,
    mismatched_join.RULE,
    not_in_subquery.RULE,
    offset_page.RULE,
    order_by_random.RULE,
)
OF_WORK = (count_of_all.RULE, or_across_columns.RULE)
"""Those that ask for the pages of a call: they are given the projected ones. What else needs counts is left out."""
SOURCE = "the project's statements"
CALLS = 1_000.0
"""As if each had run so often: findings pass over what hardly ever runs."""
PAGE = 8192
SECONDS = 120.0
"""For all failing statements together; a few take one or two."""


def with_findings(views: Sequence[StatementView], statistics: Statistics) -> list[StatementView]:
    """Return the views with what tune finds in each, as its work is projected at the largest size."""
    if not views:
        return []
    observed = _observed(views, statistics)
    found = find_guarded(_uncounted(observed), OF_TEXTS).findings + find_guarded(observed, OF_WORK).findings
    keys = {each.subject: each for each in find_guarded(observed, (unindexed_foreign_key.RULE,)).findings}
    return [
        replace(view, advice=StatementAdvice(tuple(each for each in found if _is_of(each, view)), keys=keys))
        for view in views
    ]


def with_indexes(
    failing: Sequence[StatementView], statistics: Statistics, planned: Mapping[str, str], twin: Twin
) -> list[StatementView]:
    """Return the views of failing statements with the indexes that tune chooses for all of them together.

    The twin shows these statistics; `planned` are the statements by their place, with what the planner must know.
    """
    if not failing:
        return []
    observed = _observed(failing, statistics)

    def sql_of(statement: Statement) -> str:
        return plannable(replace(statement, text=planned[statement.id], rows=0.0, blocks=0.0), observed.catalog).sql

    what_if = TwinWhatIf(twin)
    try:
        chosen = choose(observed, what_if, ChoiceLimits(seconds=SECONDS), sql_of=sql_of, tell=lambda _: None)
    finally:
        what_if.close()
    by_name = {each.index.name: each.index for each in chosen.recommended}
    uses = {each.statement.id: each.uses for each in chosen.statements}
    return [_with_indexes(view, [by_name[name] for name in uses.get(view.statement.place, ())]) for view in failing]


def _with_indexes(view: StatementView, indexes: Iterable[NewIndex]) -> StatementView:
    return replace(view, advice=replace(view.advice, indexes=tuple(indexes)))


def _is_of(finding: Finding, view: StatementView) -> bool:
    return finding.subject == view.statement.name or finding.subject.startswith(f"{view.statement.name} (")


def _observed(views: Sequence[StatementView], statistics: Statistics) -> Observed:
    statements = tuple(_projected(view) for view in views)
    return Observed(_at_size(views[0].tables.catalog, statistics), Workload(SOURCE, statements))


def _uncounted(observed: Observed) -> Observed:
    """Return it without the pages of statements, which a LIMIT that stops early makes few."""
    workload = observed.workload or Workload(SOURCE, ())
    statements = tuple(replace(each, blocks=0.0) for each in workload.statements)
    return replace(observed, workload=replace(workload, statements=statements))


def _projected(view: StatementView) -> Statement:
    """Return a statement with the rows and pages of its projected work, as if a server had counted them."""
    work = view.works[view.largest]
    return Statement(
        id=view.statement.place,
        text=view.statement.sql,
        name=view.statement.name,
        calls=CALLS,
        rows=work.returned * CALLS,
        blocks=work.pages * CALLS,
    )


def _at_size(catalog: Catalog, statistics: Statistics) -> Catalog:
    """Return the catalog with the sizes and values of the statistics."""

    def sized(table: Table) -> Table:
        known = statistics.by_name.get(table.name) if table.schema == statistics.schema else None
        if known is None:
            return table
        size = known.pages * PAGE

        def valued(column: Column) -> Column:
            found = known.column(column.name)
            return replace(column, distinct=found.n_distinct, correlation=found.correlation) if found else column

        columns = tuple(valued(column) for column in table.columns)
        return replace(table, rows=known.rows, pages=known.pages, bytes=size, total_bytes=size, columns=columns)

    return replace(catalog, tables=tuple(sized(table) for table in catalog.tables))
