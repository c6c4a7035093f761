"""The catalogue of backend features, and how several of them become one design.

`catalogue/` has one YAML file a pattern: what words mean it, what it needs, and the piece of the design it brings.
"""

from backend_architect.patterns.compose import Composition, CompositionRequest, compose
from backend_architect.patterns.load import all_patterns, pattern_named
from backend_architect.patterns.pattern import Pattern, Trap
from backend_architect.patterns.starter import starter_design

__all__ = [
    "Composition",
    "CompositionRequest",
    "Pattern",
    "Trap",
    "all_patterns",
    "compose",
    "pattern_named",
    "starter_design",
]
