"""What is counted of one statement while logs are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from backend_architect.tune.reading.logs.literals import read_literals
from backend_architect.tune.reading.logs.message import LoggedEvent
from backend_architect.tune.workload import Statement

EXAMPLES, PLANS = 5, 2
LOOKED_AT = 20
"""Entries of a statement in which examples are looked for."""
PAGE_KINDS = ("Hit", "Read")


@dataclass(slots=True)
class LoggedCalls:
    """Runs and plans apart: a server that logs both logs each call twice."""

    id: str
    text: str
    ran: int = 0
    ran_ms: float = 0.0
    planned: int = 0
    planned_ms: float = 0.0
    analyzed: int = 0
    rows: float = 0.0
    blocks: float = 0.0
    blocks_read: float = 0.0
    temporary_blocks: float = 0.0
    examples: list[Mapping[str, str | None]] = field(default_factory=list)
    plans: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)

    def add(self, said: LoggedEvent, normalised: str) -> None:
        """Count one entry of the log."""
        self.text = min(self.text, normalised)
        if said.kind == "planned":
            self.planned += 1
            self.planned_ms += said.milliseconds
            self._add_plan(said)
        else:
            self.ran += 1
            self.ran_ms += said.milliseconds
        if len(self.examples) < EXAMPLES and self.ran + self.planned <= LOOKED_AT:
            example = {**read_literals(said.text, normalised), **said.parameters}
            self.examples += [example] if example and example not in self.examples else []

    def statement(self) -> Statement:
        """Return what was counted; the rows and blocks of calls without a plan are taken to be like the others'."""
        calls = max(self.ran, self.planned)
        share = calls / self.analyzed if self.analyzed else 0.0
        return Statement(
            id=self.id,
            text=self.text,
            calls=float(calls),
            total_ms=max(self.ran_ms, self.planned_ms),
            rows=self.rows * share,
            blocks=self.blocks * share,
            blocks_read=self.blocks_read * share,
            temporary_blocks=self.temporary_blocks * share,
            examples=tuple(self.examples),
            plans=tuple(plan for _, plan in self.plans),
        )

    def _add_plan(self, said: LoggedEvent) -> None:
        if said.plan is None:
            return
        top = said.plan["Plan"]
        if "Actual Rows" in top:
            self.analyzed += 1
            self.rows += _number(top, "Actual Rows") * _number(top, "Actual Loops")
            self.blocks += sum(_number(top, f"Shared {kind} Blocks") for kind in PAGE_KINDS)
            self.blocks_read += _number(top, "Shared Read Blocks")
            self.temporary_blocks += sum(_number(top, f"Temp {kind} Blocks") for kind in ("Read", "Written"))
        self.plans.append((said.milliseconds, said.plan))
        self.plans.sort(key=lambda each: -each[0])
        del self.plans[PLANS:]


def _number(plan: Mapping[str, Any], name: str) -> float:
    value = plan.get(name, 0.0)
    return float(value) if isinstance(value, (int, float)) else 0.0
