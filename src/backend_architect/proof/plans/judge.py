"""Every rule of the plan proof on one statement."""

from backend_architect.proof.plans import plan_rules, text_rules
from backend_architect.proof.plans.view import PlanFailure, StatementView

RULES = (*text_rules.RULES, *plan_rules.RULES)


def judge(view: StatementView) -> tuple[PlanFailure, ...]:
    """Return every failure of one statement, the most telling first."""
    return tuple(failure for rule in RULES if (failure := rule(view)))
