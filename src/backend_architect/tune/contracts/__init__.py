"""Plan contracts: how each named statement is planned at 1, 10 and 100 times the rows, in a file that is committed.

`make_contract` plans a workload on a twin, of a database or of a schema's files; `compare_contracts` says which plans
are others than before, and why.
"""

from backend_architect.tune.contracts.compare import ContractComparison, compare_contracts
from backend_architect.tune.contracts.make import make_contract
from backend_architect.tune.contracts.model import Contract, Contracted, PlanFlip
from backend_architect.tune.contracts.named_statements import read_named
from backend_architect.tune.contracts.schema_files import loaded_schema
from backend_architect.tune.contracts.stored import contract_text, read_contract

__all__ = [
    "Contract",
    "ContractComparison",
    "Contracted",
    "PlanFlip",
    "compare_contracts",
    "contract_text",
    "loaded_schema",
    "make_contract",
    "read_contract",
    "read_named",
]
