"""What turns bad as the tables grow, and when: every statement planned on the twin at each size.

`growing_tables(catalog.tables)` says what grows, `study_growth(copy, known, statements, …)` plans, and `judge` tells
for one statement from which size on it is bad. All figures are the planner's estimates.
"""

from backend_architect.tune.growth.growing_tables import growing_tables
from backend_architect.tune.growth.model import AdvisedGrowth, Growing, GrowthStudy, Point, Scan, Turning
from backend_architect.tune.growth.study import study_growth
from backend_architect.tune.growth.verdicts import judge

__all__ = [
    "AdvisedGrowth",
    "Growing",
    "GrowthStudy",
    "Point",
    "Scan",
    "Turning",
    "growing_tables",
    "judge",
    "study_growth",
]
