"""A live database → its workload → findings: what makes it slow, why, and what mends it.

`observe` reads one database on a read-only connection; `find_everything` returns the findings, the worst first.
Nothing is changed.
"""

from backend_architect.finding import Finding
from backend_architect.tune.find import FoundFindings, RuleFailed, find_guarded
from backend_architect.tune.findings import RULES, all_rules, covered_index, index_stops_hot, planner_misjudges
from backend_architect.tune.indexes import Advice
from backend_architect.tune.observe import Observation, observe
from backend_architect.tune.observed import Observed
from backend_architect.tune.workload import Statement, Workload

__all__ = [
    "RULES",
    "Finding",
    "FoundFindings",
    "Observation",
    "Observed",
    "RuleFailed",
    "Statement",
    "Workload",
    "all_rules",
    "find_all",
    "find_everything",
    "find_misjudged",
    "observe",
]


def find_everything(observed: Observed) -> FoundFindings:
    """Return every finding, the worst first, the same however the database was read, and the rules that failed."""
    return find_guarded(observed, all_rules())


def find_misjudged(observed: Observed, advice: Advice | None) -> FoundFindings:
    """Return the statements that the planner misjudges, once it was asked for an advice, and indexes that only cost."""
    costs = advice.statements if advice else ()
    planned = {cost.statement.id: cost.planned for cost in costs if not cost.problem}
    asked = observed.with_answers(planned=planned, needless=advice.needless if advice else ())
    rules = [planner_misjudges.RULE]
    if advice and advice.needless:
        rules.append(index_stops_hot.RULE)
    if advice and advice.missed:
        asked = asked.with_answers(missed=advice.missed)
        rules.append(covered_index.RULE)
    return find_guarded(asked, rules)


def find_all(observed: Observed) -> tuple[Finding, ...]:
    """Return every finding, the worst first; raises RuleFailed when a rule failed, after the others have run."""
    found = find_everything(observed)
    if found.problems:
        raise RuleFailed(*found.problems)
    return found.findings
