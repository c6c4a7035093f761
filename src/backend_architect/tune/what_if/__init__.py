"""Plans as they would be with other indexes: on the scale twin, or by the extension hypopg where it is installed."""

from backend_architect.tune.what_if.model import PlanEstimate, PlanRefused, WhatIf
from backend_architect.tune.what_if.on_hypopg import HypopgWhatIf, has_hypopg, may_plan_everything
from backend_architect.tune.what_if.on_twin import TwinWhatIf

__all__ = ["HypopgWhatIf", "PlanEstimate", "PlanRefused", "TwinWhatIf", "WhatIf", "has_hypopg", "may_plan_everything"]
