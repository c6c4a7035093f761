"""The scale twin: an empty database that PostgreSQL plans as if its tables held any number of rows.

`read_statistics(session)` reads what the planner knows of a loaded database, `grow(...)` says what it would know of a
larger one, and `make_twin(...)` makes an empty copy that is planned so: `Twin.explain(sql)` gives plans, and
`Twin.resize(...)` changes the size. Figures from a twin are the planner's estimates; nothing was measured.
"""

from backend_architect.planner_twin.grow import grow
from backend_architect.planner_twin.model import (
    ColumnStatistics,
    GinPages,
    IndexStatistics,
    Statistics,
    TableStatistics,
)
from backend_architect.planner_twin.planner import Planner
from backend_architect.planner_twin.read import References, read_references, read_statistics
from backend_architect.planner_twin.switched_planner import SwitchedIndex, SwitchedPlanner
from backend_architect.planner_twin.trying import IndexTrial, TriedIndex
from backend_architect.planner_twin.twin import Twin, make_twin

__all__ = [
    "ColumnStatistics",
    "GinPages",
    "IndexStatistics",
    "IndexTrial",
    "Planner",
    "References",
    "Statistics",
    "SwitchedIndex",
    "SwitchedPlanner",
    "TableStatistics",
    "TriedIndex",
    "Twin",
    "grow",
    "make_twin",
    "read_references",
    "read_statistics",
]
