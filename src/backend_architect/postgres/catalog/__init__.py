"""What a database holds, as frozen values: tables, columns, indexes, constraints, sequences, settings, sessions.

`read_catalog(connection)` reads all of it in a few statements, on any PostgreSQL from 13 on, with no right but to
connect: what a role may not see is left empty.
"""

from backend_architect.postgres.catalog.model import (
    Activity,
    Catalog,
    Column,
    ForeignKey,
    Index,
    KeyPart,
    NotValid,
    Policy,
    Sequence,
    ServerSession,
    Table,
)
from backend_architect.postgres.catalog.read import read_catalog, read_settings

__all__ = [
    "Activity",
    "Catalog",
    "Column",
    "ForeignKey",
    "Index",
    "KeyPart",
    "NotValid",
    "Policy",
    "Sequence",
    "ServerSession",
    "Table",
    "read_catalog",
    "read_settings",
]
