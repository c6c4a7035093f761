"""A database's structure: read from the catalog of any PostgreSQL from 13 on, and made again without its rows.

`read_structure(session)` needs no right but to connect, locks nothing and writes nothing. `before_tables` and
`create_statements` give the statements that make the structure elsewhere; `reached` leaves of it what some statements
need.
"""

from backend_architect.planner_twin.structure.create import before_tables, create_statements, stand_ins, types_of
from backend_architect.planner_twin.structure.model import (
    Collate,
    Definition,
    Named,
    Structure,
    StructureTable,
    TableColumn,
)
from backend_architect.planner_twin.structure.reached import reached
from backend_architect.planner_twin.structure.read import read_structure

__all__ = [
    "Collate",
    "Definition",
    "Named",
    "Structure",
    "StructureTable",
    "TableColumn",
    "before_tables",
    "create_statements",
    "reached",
    "read_structure",
    "stand_ins",
    "types_of",
]
