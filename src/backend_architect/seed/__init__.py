"""Design and a size → the statements that fill its database with data that looks real.

The same design and size give the same data. It is skewed as life is: a few rows are popular, many are quiet.
"""

from backend_architect.seed.plan import Portion, plan_seed
from backend_architect.seed.values import field_sql

__all__ = ["Portion", "field_sql", "plan_seed"]
