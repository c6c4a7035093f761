"""A live database → its workload → findings: what makes it slow, why, and what mends it.

`observe` reads one database on a read-only connection; `find_all` returns the findings, the worst first. Nothing is
changed.
"""

from backend_architect.finding import Finding
from backend_architect.tune.findings import RULES
from backend_architect.tune.observe import Observation, observe
from backend_architect.tune.observed import Observed
from backend_architect.tune.workload import Statement, Workload

__all__ = ["RULES", "Finding", "Observation", "Observed", "Statement", "Workload", "find_all", "observe"]


def find_all(observed: Observed) -> tuple[Finding, ...]:
    """Return every finding, the worst first; the same for the same database, however it was read."""
    found = {finding.key: finding for rule in RULES for finding in rule.find(observed)}
    return tuple(sorted(found.values(), key=lambda finding: (finding.severity.rank, finding.code, finding.subject)))
