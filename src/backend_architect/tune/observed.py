"""What findings look at: a database's catalog, and its workload where there is one."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self

from backend_architect.postgres.catalog import Catalog
from backend_architect.tune.examined import Examined, examine
from backend_architect.tune.indexes.constant_conditions import StatementPredicates
from backend_architect.tune.indexes.model import Needless
from backend_architect.tune.workload import Workload


@dataclass(frozen=True)
class Observed:
    """One database at one moment. `workload` is None where nothing tells what it runs.

    `planned` is what the planner says a call of each statement costs, by its id; `needless` are the existing indexes
    that writers would be better off without, `missed` are those that another begins like and what costs more without
    them. All are empty until somebody has asked.
    """

    catalog: Catalog
    workload: Workload | None
    planned: Mapping[str, float] = field(default_factory=dict)
    needless: tuple[Needless, ...] = ()
    missed: Mapping[str, str] = field(default_factory=dict)

    def with_answers(self, **answers: Any) -> Self:
        """Return it with what somebody has asked since; no statement is taken apart again for that."""
        answered = replace(self, **answers)
        for name in ("statements", "asks"):
            if name in self.__dict__:
                answered.__dict__[name] = self.__dict__[name]
        return answered

    @cached_property
    def statements(self) -> tuple[Examined, ...]:
        """Every statement that parses, with its query blocks; none without a workload."""
        return examine(self.workload, self.catalog) if self.workload else ()

    @cached_property
    def asks(self) -> StatementPredicates:
        """What each statement asks of its tables, by its id, and why it cannot be taken apart: see asks_of."""
        return StatementPredicates(self.workload, self.catalog)
