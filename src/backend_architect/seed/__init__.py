"""Design and a size → the statements that fill its database with data that looks real.

The same design and size give the same data. It is skewed as life is: a few rows are popular, many are quiet.
"""

from backend_architect.seed.plan import Portion, plan_seed

__all__ = ["Portion", "plan_seed"]
