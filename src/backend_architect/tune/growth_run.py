"""From a database and its workload to what turns bad as its tables grow: planned on a copy without rows."""

from dataclasses import dataclass

from backend_architect.errors import DatabaseError, Problem
from backend_architect.planner_twin.copy import make_copy, twin_server
from backend_architect.postgres import Lost
from backend_architect.tune.advice_run import Advised, read_source, texts_of
from backend_architect.tune.growth import Growing, GrowthStudy, growing_tables, study_growth
from backend_architect.tune.indexes import Advice
from backend_architect.tune.indexes.model import NewIndex
from backend_architect.tune.indexes.select import Progress
from backend_architect.tune.observed import Observed
from backend_architect.tune.plannable import column_values, plannable

NOTHING_ADVISED = Advised(None)


@dataclass(frozen=True, slots=True)
class Projected:
    """What turns bad, None where nothing can be said, and what stood in its way."""

    study: GrowthStudy | None
    problems: tuple[Problem, ...] = ()


def project_growth(
    url: str, observed: Observed, times: float, tell: Progress, *, advised: Advised = NOTHING_ADVISED
) -> Projected:
    """Return which statements of the workload turn bad up to `times` the rows of today, and from which size on.

    Also which still do with the advised indexes in place. What was read of the database for the advice is not read
    again. Always on a twin, as no extension plans for rows that are not
    there. Nothing is written on the server.
    """
    if observed.workload is None or not observed.workload.statements:
        return Projected(None)
    try:
        tell("reading the structure and the planner's statistics")
        source = advised.source or read_source(url, texts_of(observed))
        values = column_values(source.known.statistics)
        growing = Growing(growing_tables(observed.catalog.tables), times)
        with twin_server() as server:
            copy = make_copy(server, source.structure, source.known)
            tell(f"planning {len(observed.workload.statements)} statements on up to {times:g} times the rows")
            with copy.twin:
                study = study_growth(
                    copy, source.known, observed.workload.statements, growing,
                    sql_of=lambda statement: plannable(statement, observed.catalog, values).sql,
                    indexes=_indexes(advised.advice),
                )  # fmt: skip
    except DatabaseError as error:
        return Projected(None, (_no_growth(error),))
    except Lost as error:
        return Projected(None, (_no_growth(error),))
    return Projected(study)


def _indexes(advice: Advice | None) -> tuple[NewIndex, ...]:
    """Return every advised index, those of other tenants too."""
    return tuple(index for each in (advice.recommended if advice else ()) for index in (each.index, *each.others))


def _no_growth(error: BaseException) -> Problem:
    known = error.problems[0] if isinstance(error, DatabaseError) and error.problems else None
    message, fix = (known.message, known.fix) if known else (str(error), "try again when the database answers")
    return Problem("no-growth", f"growth was not projected: {message}", fix)
