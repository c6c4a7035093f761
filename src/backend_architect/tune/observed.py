"""What findings look at: a database's catalog, and its workload where there is one."""

from dataclasses import dataclass

from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.workload import Workload


@dataclass(frozen=True, slots=True)
class Observed:
    """One database at one moment. `workload` is None where nothing tells what it runs."""

    catalog: Catalog
    workload: Workload | None
