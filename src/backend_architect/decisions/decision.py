"""What a decision is: the value that every file of this stage makes, and the question that it answers."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from backend_architect.decisions.figures import quantity
from backend_architect.decisions.thresholds import Threshold
from backend_architect.design.model import Design

Comparison = Literal[">=", "<"]


@dataclass(frozen=True, slots=True)
class DecisionFact:
    """One number or word of this design, and the sentence that says what it means for the question."""

    name: str
    value: float | str
    unit: str
    text: str


@dataclass(frozen=True, slots=True)
class FlipsWhen:
    """The condition at which the answer becomes `becomes`; `value` is where this design stands now."""

    becomes: str
    metric: str
    value: float
    comparison: Comparison
    threshold: float
    unit: str
    source: str
    provided: str = ""
    by_load: bool = False

    @property
    def holds(self) -> bool:
        """Whether the metric has crossed already (a pin or `provided` may keep the answer all the same)."""
        return self.value >= self.threshold if self.comparison == ">=" else self.value < self.threshold

    @property
    def nearness(self) -> float:
        """How near the flip is: 1 at the threshold, 0.5 at half of it; for `<`, threshold divided by value."""
        above, below = (self.value, self.threshold) if self.comparison == ">=" else (self.threshold, self.value)
        return above / below if below else float("inf")

    @property
    def condition(self) -> str:
        """The condition in words, alike for every load."""
        return self._worded("")

    @property
    def text(self) -> str:
        """The condition in words, with the value of this design."""
        return self._worded(f" (now {quantity(self.value, self._unit)})")

    @property
    def _unit(self) -> str:
        return "" if self.unit in self.metric and self.unit != "bytes" else self.unit

    def _worded(self, now: str) -> str:
        sign = "≥" if self.comparison == ">=" else "<"
        condition = f"{self.becomes} when {self.metric} {sign} {quantity(self.threshold, self._unit)}{now}"
        return f"{condition}, provided that {self.provided}" if self.provided else condition


@dataclass(frozen=True)
class Draft:
    """An answer and its reasons, before pins: `verdicts` says of every alternative why this design does not take it."""

    answer: str
    because: tuple[DecisionFact, ...]
    verdicts: Mapping[str, str]
    flips_when: tuple[FlipsWhen, ...]
    settings: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """A question with its closed set of answers: each answer's meaning in a few words, and the files that carry it out.

    `pinnable` names the answers that a design may pin; empty means all of them.
    """

    slug: str
    title: str
    asks: str
    answers: Mapping[str, str]
    files: Mapping[str, tuple[str, ...]]
    pinnable: tuple[str, ...] = ()

    @property
    def allowed_pins(self) -> tuple[str, ...]:
        return self.pinnable or tuple(self.answers)


@dataclass(frozen=True, slots=True)
class Pinned:
    """What the tool would have answered in place of a pin, and why it disagrees (empty if it does not)."""

    would_choose: str
    disagreement: str

    @property
    def agrees(self) -> bool:
        return not self.disagreement


@dataclass(frozen=True)
class Decision:
    """One question about one design, answered.

    `buildable` tells whether the answer's part exists; where it does not, `missing` names the part, `built_as` is the
    answer that the project is built with in its place, and `stops_build` tells that there is no such project.
    """

    slug: str
    title: str
    question: str
    answer: str
    summary: str
    because: tuple[DecisionFact, ...]
    rejected: Mapping[str, str]
    flips_when: tuple[FlipsWhen, ...]
    carried_out_by: tuple[str, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    pinned: Pinned | None = None
    buildable: bool = True
    missing: str = ""
    built_as: str = ""
    stops_build: bool = False

    @property
    def own_answer(self) -> str:
        """What the tool answers when nothing is pinned."""
        return self.pinned.would_choose if self.pinned else self.answer

    @property
    def nearest_flip(self) -> FlipsWhen | None:
        """The condition nearest to changing the answer; one that load moves before one that only an edit moves."""
        return max(self.flips_when, key=lambda flip: (flip.by_load, flip.nearness), default=None)


@dataclass(frozen=True)
class Decisions:
    """Every decision about one design, in the order in which they are read; `decisions["queue"]` looks one up.

    `kept_counts` holds, for each (entity, count), whether the number is kept in a column or counted when it is read.
    """

    all: tuple[Decision, ...]
    kept_counts: Mapping[tuple[str, str], bool] = field(default_factory=dict)

    def __getitem__(self, slug: str) -> Decision:
        return next(d for d in self.all if d.slug == slug)

    def __iter__(self) -> Iterator[Decision]:
        return iter(self.all)

    def __len__(self) -> int:
        return len(self.all)

    def is_kept(self, entity: str, count: str) -> bool:
        """Return whether a count of an entity (by its name, not its plural) is kept in a column."""
        return self.kept_counts[entity, count]


@dataclass(frozen=True)
class Entry:
    """A line of the registry: the question, the pure function that answers it, and its public page."""

    question: Question
    decide: Callable[[Design], Draft]
    page: str


def crossing(
    metric: str, value: float, threshold: Threshold, *, below: str, above: str, provided: str = ""
) -> FlipsWhen:
    """Return the flip to the side of the threshold on which the design does not stand now."""
    over = value >= threshold.value
    return FlipsWhen(
        becomes=below if over else above,
        metric=metric,
        value=value,
        comparison="<" if over else ">=",
        threshold=threshold.value,
        unit=threshold.unit,
        source=threshold.source,
        provided=provided,
        by_load=threshold.by_load,
    )
