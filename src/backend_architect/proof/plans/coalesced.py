"""Reads that meet: the statement that a project makes of several, planned beside the read alone at each size.

The project's own `for_several` makes it: of the read as it is, and of the read with its page and other common values
written out. Each stands beside the read alone that is written so. The length of a page that is one value for all in the
first is written out too. As another value for each who asks it stays unknown, and PostgreSQL takes it for a tenth of
the rows.
"""

import json
import re
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from backend_architect.postgres import Refused
from backend_architect.proof.lab import Lab
from backend_architect.proof.plans.scaled_plans import Projection
from backend_architect.proof.plans.statements import IMPORT_SECONDS, ProjectStatement
from backend_architect.proof.plans.thresholds import FREE_ROWS, GROWTH
from backend_architect.proof.plans.view import PlanFailure, times
from backend_architect.proof.plans.work import Node, read_work

FILE = "app/core/coalescing.py"
MAKE = """
import json, sys
from app.core.coalescing import COALESCED, for_several
asked = {name: (texts, types) for name, texts, types in json.load(sys.stdin)}
made = {name: [for_several(text, asked[name][1]) for text in asked[name][0]] for name in COALESCED if name in asked}
print(json.dumps([[name, made.get(name)] for name in sorted(COALESCED)]))
"""
FIRST = ("Nested Loop", "Function Scan")
"""The read runs once for each who asks."""
PASSING = frozenset({"Subquery Scan", "Materialize", "Memoize"})
"""Steps that read nothing: they pass rows on, or keep them for the next time."""
PAGE, OPEN_PAGE = re.compile(r"LIMIT \S+"), re.compile(r"LIMIT \$\d+")
ADVICE = f"let `for_several` of {FILE} run the read's own text for each row of `asked`, kept apart by OFFSET 0"


@dataclass(frozen=True, slots=True)
class CandidateRead:
    """A statement of the project, the same with its page written out, and the types of its parameters."""

    statement: ProjectStatement
    planned: str
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PlansBeside:
    """Plans of one size: the steps alone and for several, each way, and the rows read alone and for one who asks."""

    alone: tuple[tuple[str, ...], ...]
    together: tuple[tuple[str, ...], ...]
    rows_alone: float
    rows_together: float


@dataclass
class ReadTogether:
    """A read that may meet others, the texts for several, and how all are planned; or why that was not tried."""

    name: str
    read: CandidateRead | None = None
    texts: tuple[str, ...] = ()
    plans: dict[int, PlansBeside] = field(default_factory=dict)
    not_tried: str = ""

    def plan(self, projection: Projection, size: int) -> None:
        """Plan the read at one size, alone and for several."""
        if self.read is None or self.not_tried:
            return
        try:
            plans = [projection.twin.explain(text, verbose=True) for text in self.texts]
            alone = [
                projection.twin.explain(text, self.read.types or None, verbose=True)
                for text in (_with_page(self.read.statement.sql, self.read.planned), self.read.planned)
            ]
        except Refused as error:
            self.not_tried = str(error)
            return
        works = [read_work(plan, projection.statistics.by_name, projection.probe) for plan in (alone[-1], plans[-1])]
        self.plans[size] = PlansBeside(
            tuple(tuple(_steps(plan)) for plan in alone),
            tuple(tuple(_steps(plan)) for plan in plans),
            works[0].rows,
            works[1].rows / max(_asked(plans[-1]), 1.0),
        )


def read_together(lab: Lab, reads: Sequence[CandidateRead]) -> list[ReadTogether]:
    """Return the reads that the project lets meet, none where it has no such file."""
    if not (lab.subject.folder / FILE).exists():
        return []
    by_name = {each.statement.name: each for each in reads}
    wanted = [[name, [each.statement.sql, each.planned], each.types] for name, each in by_name.items()]
    place = lab.place(lab.server.url())
    done = subprocess.run(
        [str(place.python), "-c", MAKE], cwd=place.folder, env=place.environment, input=json.dumps(wanted),
        capture_output=True, text=True, timeout=IMPORT_SECONDS, check=False,
    )  # fmt: skip
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return [ReadTogether(FILE, not_tried=f"its statements could not be made: {last}")]
    return [
        ReadTogether(name, by_name[name], (_with_page(texts[0], by_name[name].planned), texts[1]))
        if texts
        else ReadTogether(name, not_tried=f"{FILE} names it, and no statement is called so")
        for name, texts in json.loads(done.stdout.splitlines()[-1])
    ]


def _with_page(text: str, planned: str) -> str:
    """Return the text with the length of its page as it is in the planned one, where it is one value for all."""
    page = PAGE.search(planned)
    return text if page is None else OPEN_PAGE.sub(page[0], text)


def judge_together(read: ReadTogether) -> tuple[PlanFailure, ...]:
    """Return what is wrong with a read for several: other steps than alone, or more rows for each who asks."""
    return tuple(failure for size, beside in read.plans.items() for failure in _judge(beside, size))


def _judge(beside: PlansBeside, size: int) -> Iterator[PlanFailure]:
    for steps, alone in zip(beside.together, beside.alone, strict=True):
        first = next((step for step in _others(steps, (*FIRST, *alone))), "")
        gone = next((step for step in _others(alone, steps)), "")
        if first or gone:
            why = f"has the step {first}" if first else f"has no step {gone}"
            yield PlanFailure(f"is planned otherwise than alone at {times(size)}: {why}", ADVICE)
        elif steps != (*FIRST, *alone):
            yield PlanFailure(f"has the steps of the read alone in another order at {times(size)}", ADVICE)
    bound = max(FREE_ROWS, GROWTH * beside.rows_alone)
    if beside.rows_together > bound:
        why = (
            f"reads {beside.rows_together:,.0f} rows for each who asks at {times(size)}, {beside.rows_alone:,.0f} alone"
        )
        yield PlanFailure(why, ADVICE)


def _others(steps: Sequence[str], known: Sequence[str]) -> Iterator[str]:
    """Give the steps that there are oftener than in what is known."""
    left = list(known)
    for step in steps:
        if step in left:
            left.remove(step)
        else:
            yield step


def _steps(node: Node) -> Iterator[str]:
    """Give the steps of a plan that read, join, sort or bound rows, each with its index or table."""
    if node["Node Type"] not in PASSING:
        yield f"{node['Node Type']} {node.get('Index Name', node.get('Relation Name', ''))}".strip()
    for child in node.get("Plans", ()):
        yield from _steps(child)


def _asked(node: Node) -> float:
    """Return for how many who ask a plan was made: PostgreSQL takes an unknown array for ten values."""
    if node["Node Type"] == "Function Scan" and node.get("Alias") == "asked":
        return float(node["Plan Rows"])
    return max((_asked(child) for child in node.get("Plans", ())), default=0.0)
