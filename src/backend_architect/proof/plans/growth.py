"""Every statement, run on rows shaped as declared and planned at 1, 10 and 100 times them."""

from collections.abc import Iterator, Mapping

from backend_architect.proof.evidence import Case, Group, Measure, Verdict
from backend_architect.proof.lab import Lab
from backend_architect.proof.plans.coalesced import FILE, ReadTogether, judge_together
from backend_architect.proof.plans.judge import judge
from backend_architect.proof.plans.plan_rules import in_window
from backend_architect.proof.plans.study import TYPICAL, Studied, study
from backend_architect.proof.plans.thresholds import SIZES
from backend_architect.proof.plans.view import StatementView, times
from backend_architect.proof.probe import Probe

EXPECTED = "reads a bounded number of rows, however large its tables become"
EXPECTED_TOGETHER = "is planned for several as it is alone, and reads no more for each of them"
FILLED = "filled"
HOW_TO_REPEAT = "architect prove plans --fresh"


def growth(lab: Lab) -> Iterator[Case]:
    """Give a case for each statement, and one for how the figures came about."""
    studied = study(lab)
    yield _about(studied)
    yield from (_case(view) for view in studied.views)
    yield from (_case_together(read) for read in studied.together)
    for statement, refusal in studied.refused:
        yield Case(statement.name, Verdict.BROKEN, EXPECTED, f"{statement.place}: {refusal}", HOW_TO_REPEAT)


def _case(view: StatementView) -> Case:
    failures = judge(view)
    verdict = Verdict.FAILED if failures else Verdict.BROKEN if view.not_run else Verdict.HELD
    why = "; ".join(dict.fromkeys(failure.why for failure in failures))
    actual = f"{view.statement.place}: {why}" if failures else _measured_text(view)
    if failures and view.not_run:
        actual += "; " + "; ".join(_not_run(view))
    advice = "; ".join(dict.fromkeys(failure.advice for failure in failures))
    return Case(view.statement.name, verdict, EXPECTED, actual, HOW_TO_REPEAT, advice, measures(view))


def _case_together(read: ReadTogether) -> Case:
    failures = judge_together(read)
    verdict = Verdict.FAILED if failures else Verdict.BROKEN if read.not_tried else Verdict.HELD
    why = list(dict.fromkeys(failure.why for failure in failures))
    if read.not_tried:
        why.append(f"could not be tried ({read.not_tried})")
    place = read.read.statement.place if read.read else FILE
    actual = f"{place}: {'; '.join(why)}" if why else "a loop over those who ask, and in it the steps of the read alone"
    rows = tuple(
        Measure("rows read", round(beside.rows_together, 2), "", times(size), measured=False)
        for size, beside in read.plans.items()
    )
    advice = "; ".join(dict.fromkeys(failure.advice for failure in failures))
    return Case(f"{read.name}.together", verdict, EXPECTED_TOGETHER, actual, HOW_TO_REPEAT, advice, rows)


def _measured_text(view: StatementView) -> str:
    """Return what a statement that holds does: its indexes, what it read, and what was not seen."""
    work = view.works[view.largest]
    run = view.runs.get(TYPICAL)
    parts = [", ".join(work.indexes) or "no index needed"]
    if run:
        parts.append(f"{run.rows_read / max(run.returned, 1):,.1f} rows read for each returned")
    if in_window(view):
        kept = f", once in {view.cached} s" if view.cached else ""
        parts.append(f"reads what is recent, which grows with the load and not with the tables{kept}")
    return "; ".join([*_not_run(view), *parts])


def _not_run(view: StatementView) -> list[str]:
    """Return why the statement was not run for some callers: what was not run was not tried."""
    return [f"{view.statement.place}: could not be tried for {who} ({why})" for who, why in view.not_run.items()]


def measures(view: StatementView) -> tuple[Measure, ...]:
    """Return the figures of a statement: measured on the filled tables, and projected at each size."""
    found: list[Measure] = []
    for who, run in view.runs.items():
        of = "" if who == TYPICAL else f" ({who})"
        found += [
            Measure(f"rows read{of}", run.rows_read, "", FILLED),
            Measure(f"rows returned{of}", run.returned, "", FILLED),
            Measure(f"buffers{of}", float(run.buffers), "", FILLED),
            Measure(f"time{of}", round(run.milliseconds, 3), "ms", FILLED),
        ]
    for size, work in view.works.items():
        projected: Mapping[str, float] = {
            "rows read": work.rows,
            "rows returned": work.returned,
            "pages at most": work.pages,
            "cost": work.cost,
        }
        found += [Measure(n, round(v, 2), "", times(size), measured=False) for n, v in projected.items()]
    return tuple(found)


def _about(studied: Studied) -> Case:
    """Return a case that says what was filled, how it was planned, and how long that took."""
    seconds = studied.seconds
    filled = Measure("rows filled", float(studied.filled), "rows", FILLED)
    took = tuple(Measure(name, round(value, 2), "s") for name, value in seconds.items())
    share = studied.declared / max(studied.filled, 1)
    actual = (
        f"{len(studied.views)} statements, planned by PostgreSQL at {', '.join(map(times, SIZES))} the declared "
        f"{studied.declared:,} rows, on empty tables with the statistics of full ones. Measured on "
        f"{studied.filled:,} rows (1/{share:,.0f} of the declared number), skewed like production data"
    )
    return Case("how the figures came about", Verdict.HELD, "", actual, HOW_TO_REPEAT, measures=(filled, *took))


PROBE = Probe("plans", Group.PLANS, "no statement reads more as its tables grow", growth)
