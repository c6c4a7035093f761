"""A twin of any PostgreSQL from 13 on, without its rows.

`read_known(session, schemas)` reads what its planner knows, beside `structure.read_structure`; `make_copy(server, …)`
makes a twin of both on the server that `twin_server()` starts.
"""

from backend_architect.planner_twin.copy.combined import CountRequest, with_combined
from backend_architect.planner_twin.copy.growing import grow_schemas
from backend_architect.planner_twin.copy.known import Known, References, TableName, read_known
from backend_architect.planner_twin.copy.make import Copy, make_copy
from backend_architect.planner_twin.copy.server import twin_server

__all__ = [
    "Copy",
    "CountRequest",
    "Known",
    "References",
    "TableName",
    "grow_schemas",
    "make_copy",
    "read_known",
    "twin_server",
    "with_combined",
]
