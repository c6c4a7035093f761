"""The planner twin: an empty database that PostgreSQL plans as if it were yours, at any size.

    with open_twin("postgresql://localhost/shop") as twin:
        twin.explain("SELECT * FROM orders WHERE customer = $1")      # the plan that the database would make
        twin.grow(100)                                                # with a hundred times the rows
        twin.create_indexes("CREATE INDEX ON orders (customer)")      # and with an index that is not there

It is made of the structure and the planner's statistics alone: no row is read, and nothing is written to the database.
What it gives are the planner's estimates; nothing is measured. `docs/planner-twin.md` says how it works, how near it
comes, and what it does not show.

`open_twin` is for any database by its address. A database on an embedded server, whose files may be written, is copied
by PostgreSQL itself: `read_statistics(session)` reads what the planner knows, `grow(...)` says what it would know of
more rows, `make_twin(server, database, statistics)` makes the twin, `Twin.resize(...)` shows another size.

`structure` reads a database's structure and makes it again; `copy` makes twins of both.
"""

from backend_architect.planner_twin.grow import grow
from backend_architect.planner_twin.model import (
    ColumnStatistics,
    GinPages,
    IndexStatistics,
    Statistics,
    TableStatistics,
)
from backend_architect.planner_twin.open import PlannerTwin, open_twin
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
    "PlannerTwin",
    "References",
    "Statistics",
    "SwitchedIndex",
    "SwitchedPlanner",
    "TableStatistics",
    "TriedIndex",
    "Twin",
    "grow",
    "make_twin",
    "open_twin",
    "read_references",
    "read_statistics",
]
