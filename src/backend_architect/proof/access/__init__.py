"""Who gets which answer: every route for every kind of caller, hidden rows in lists, undeclared routes, the checks."""

from backend_architect.proof.access import (
    actions,
    declared_routes,
    design_checks,
    hidden_rows,
    matrix,
    members,
    relation_changes,
)
from backend_architect.proof.probe import Probe

PROBES: tuple[Probe, ...] = (
    hidden_rows.PROBE,
    matrix.PROBE,
    actions.PROBE,
    relation_changes.PROBE,
    members.PROBE,
    declared_routes.PROBE,
    design_checks.PROBE,
)
