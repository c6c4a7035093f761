"""A statement as the server counted it → the same statement as the planner takes it, with estimates as in production.

pg_stat_statements puts `$1` in the place of every constant: where no parameter may stand (`extract($1 FROM …)`), where
its type cannot be told (`$1 + $2`), and where only the value tells what the plan will be (`LIMIT $1`, `LIKE $1`).
"""

from backend_architect.tune.plannable.model import ColumnValues, PlannableStatement
from backend_architect.tune.plannable.steps import plannable, with_values
from backend_architect.tune.plannable.values import column_values, common_values, rare_values

__all__ = [
    "ColumnValues",
    "PlannableStatement",
    "column_values",
    "common_values",
    "plannable",
    "rare_values",
    "with_values",
]
