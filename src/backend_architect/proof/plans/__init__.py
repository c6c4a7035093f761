"""Plans: every statement of a project run on rows shaped as declared, and planned at 1, 10 and 100 times them."""

from backend_architect.proof.plans import growth, statement_list
from backend_architect.proof.probe import Probe

PROBES: tuple[Probe, ...] = (statement_list.PROBE, growth.PROBE)
