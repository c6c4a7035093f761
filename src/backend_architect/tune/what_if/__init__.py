"""Plans as they would be with other indexes: on the scale twin, or by the extension hypopg where it is installed."""

from backend_architect.tune.what_if.model import Planned, PlanRefused, WhatIf

__all__ = ["PlanRefused", "Planned", "WhatIf"]
