"""Design → Decisions: every architectural question answered from the numbers of the design, without I/O.

One decision a file; its docstring is its public page. The registry is one visible tuple, the thresholds one table.
"""

from backend_architect.decisions.capacity import Capacity, estimate_capacity
from backend_architect.decisions.comparison import Flip, compare_decisions
from backend_architect.decisions.deciding import check_pins, decide_all, unbuildable
from backend_architect.decisions.decision import (
    Decision,
    DecisionFact,
    Decisions,
    Draft,
    Entry,
    FlipsWhen,
    Pinned,
    Question,
)
from backend_architect.decisions.registry import questions
from backend_architect.decisions.scaling import scale_load

__all__ = [
    "Capacity",
    "Decision",
    "DecisionFact",
    "Decisions",
    "Draft",
    "Entry",
    "Flip",
    "FlipsWhen",
    "Pinned",
    "Question",
    "check_pins",
    "compare_decisions",
    "decide_all",
    "estimate_capacity",
    "questions",
    "scale_load",
    "unbuildable",
]
