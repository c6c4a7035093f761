"""Evidence → one self-contained HTML page: the three questions, the plans as charts, the access matrix, every case."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from backend_architect.proof.evidence import Case, Evidence, Group, Measure, Question, Result, Verdict, worst
from backend_architect.report.growth_chart import growth_chart
from backend_architect.report.plan_lines import is_planned

TITLES = {
    Group.PLANS: "Every statement at 1, 10 and 100 times the declared rows",
    Group.ACCESS: "Who gets which answer",
    Group.ATTACKS: "Attacks",
    Group.FAULTS: "Faults",
    Group.CONTRACT: "The contract, fuzzed",
    Group.TESTS: "The project's own tests",
    Group.MAINTAIN: "Maintenance",
}
BAD = {Verdict.FAILED, Verdict.BROKEN}


@dataclass(frozen=True, slots=True)
class Answer:
    """One of the three questions: `verdict` is None where nothing was tried."""

    question: str
    verdict: Verdict | None
    told: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Cases titled `row as column`, laid out: the case of each row and column, None where there is none."""

    columns: tuple[str, ...]
    rows: Mapping[str, tuple[Case | None, ...]]


@dataclass(frozen=True, slots=True)
class Plan:
    """One statement: its case, its chart as SVG, and each figure's values by size."""

    case: Case
    chart: str
    sizes: tuple[str, ...]
    figures: Mapping[str, tuple[Measure | None, ...]]


def evidence_page(evidence: Evidence) -> str:
    """Return the page; it needs no network, and follows the reader's light or dark."""
    template = files("backend_architect.report") / "pages" / "evidence.html.jinja"
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.filters["figure"] = _figure
    sections = [(TITLES[group], group.value, _of(evidence, group)) for group in TITLES]
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        evidence=evidence,
        began=datetime.fromisoformat(evidence.began).strftime("%d %B %Y, %H:%M UTC").lstrip("0"),
        memory=f"{evidence.machine.memory / 2**30:.0f} GiB",
        answers=[_answer(evidence, question) for question in Question],
        sections=[section for section in sections if section[2]],
        grid=_grid(_of(evidence, Group.ACCESS)),
        plans=_plans([case for result in _of(evidence, Group.PLANS) for case in result.cases if is_planned(case)]),
    )


def _of(evidence: Evidence, group: Group) -> list[Result]:
    return [result for result in evidence.results if result.group is group]


def _answer(evidence: Evidence, question: Question) -> Answer:
    results = evidence.of(question)
    tried = [case for result in results for case in result.cases if case.verdict is not Verdict.SKIPPED]
    if not tried:
        return Answer(question.value, None, "not tried")
    failed = sum(case.verdict in BAD for case in tried)
    told = f"{failed:,} of {len(tried):,} cases did not hold" if failed else f"{len(tried):,} cases held"
    return Answer(question.value, worst(result.verdict for result in results), told)


def _grid(results: Iterable[Result]) -> Grid:
    cells: dict[str, dict[str, Case]] = {}
    columns: dict[str, None] = {}
    for case in (case for result in results for case in result.cases):
        row, joined, column = case.title.rpartition(" as ")
        if joined and " " not in column and row.split(" ", 1)[0].isupper():
            cells.setdefault(row, {})[column] = case
            columns[column] = None
    return Grid(tuple(columns), {row: tuple(found.get(name) for name in columns) for row, found in cells.items()})


def _plans(cases: Sequence[Case]) -> list[Plan]:
    """Return what is shown of each statement, all with the same sizes."""
    sizes = tuple(dict.fromkeys(measure.at for case in cases for measure in case.measures if measure.at))
    return [_plan(case, sizes) for case in cases]


def _plan(case: Case, sizes: tuple[str, ...]) -> Plan:
    figures: dict[str, dict[str, Measure]] = {}
    for measure in case.measures:
        figures.setdefault(measure.name, {})[measure.at] = measure
    laid_out = {name: tuple(found.get(size) for size in sizes) for name, found in figures.items()}
    multiples = [place for place, size in enumerate(sizes) if size.endswith("x")]
    grown = {name: [found[place] for place in multiples] for name, found in laid_out.items()}
    return Plan(case, growth_chart(grown, [sizes[place] for place in multiples]), sizes, laid_out)


def _figure(measure: Measure | None) -> str:
    """Return a figure as people read it: `1.2 M rows`."""
    if measure is None:
        return ""
    number = _short(measure.value)
    return f"{number} {measure.unit}".rstrip()


def _short(value: float) -> str:
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e4 / 10)):
        if abs(value) >= max(size, 10_000):
            return f"{value / size:,.3g} {unit}"
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:,.3g}"
