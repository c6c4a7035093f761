"""Who gets which answer: every route for every kind of caller, hidden rows in lists, undeclared routes, the checks."""

from backend_architect.proof.access import declared_routes, design_checks, hidden_rows, matrix
from backend_architect.proof.probe import Probe

PROBES: tuple[Probe, ...] = (matrix.PROBE, declared_routes.PROBE, hidden_rows.PROBE, design_checks.PROBE)
