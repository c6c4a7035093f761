"""Evidence → one self-contained HTML page: the three questions, the plans as charts, the access matrix, every case."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files

from jinja2 import Environment, StrictUndefined

from backend_architect.proof.evidence import Case, Evidence, Group, Measure, ProofQuestion, Result, Verdict, worst
from backend_architect.report.growth_chart import growth_chart
from backend_architect.report.plan_lines import is_planned
from backend_architect.report.plan_rows import SIZES, plan_rows
from backend_architect.report.visible import visible

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
class QuestionOutcome:
    """One of the three questions: `verdict` is None where nothing was tried."""

    question: str
    verdict: Verdict | None
    description: str


@dataclass(frozen=True, slots=True)
class Grid:
    """Cases titled `row as column`, laid out: the case of each row and column, None where there is none."""

    columns: tuple[str, ...]
    rows: Mapping[str, tuple[Case | None, ...]]


def evidence_page(evidence: Evidence) -> str:
    """Return the page; it needs no network, and follows the reader's light or dark."""
    template = files("backend_architect.report") / "pages" / "evidence.html.jinja"
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=_visible
    )
    environment.filters |= {"figure": _figure, "chart": growth_chart}
    sections = [(TITLES[group], group.value, _of(evidence, group)) for group in TITLES]
    return environment.from_string(template.read_text(encoding="utf-8")).render(
        evidence=evidence,
        began=datetime.fromisoformat(evidence.began).strftime("%d %B %Y, %H:%M UTC").lstrip("0"),
        memory=f"{evidence.machine.memory / 2**30:.0f} GiB",
        answers=[_answer(evidence, question) for question in ProofQuestion],
        sections=[section for section in sections if section[2]],
        grid=_grid(_of(evidence, Group.ACCESS)),
        plans=plan_rows(case for result in _of(evidence, Group.PLANS) for case in result.cases),
        plan_notes=[c.actual for r in _of(evidence, Group.PLANS) for c in r.cases if c.measures and not is_planned(c)],
        sizes=SIZES,
    )


def _visible(value: object) -> object:
    """Return a text without characters that nobody sees, some of which no page may hold; markup is ours."""
    return visible(value) if type(value) is str else value


def _of(evidence: Evidence, group: Group) -> list[Result]:
    return [result for result in evidence.results if result.group is group]


def _answer(evidence: Evidence, question: ProofQuestion) -> QuestionOutcome:
    results = evidence.of(question)
    tried = [case for result in results for case in result.cases if case.verdict is not Verdict.SKIPPED]
    if not tried:
        return QuestionOutcome(question.value, None, "not tried")
    failed = sum(case.verdict in BAD for case in tried)
    summary = f"{failed:,} of {len(tried):,} cases did not hold" if failed else f"{len(tried):,} cases held"
    return QuestionOutcome(question.value, worst(result.verdict for result in results), summary)


def _grid(results: Iterable[Result]) -> Grid:
    cells: dict[str, dict[str, Case]] = {}
    columns: dict[str, None] = {}
    for case in (case for result in results for case in result.cases):
        row, joined, column = case.title.rpartition(" as ")
        if joined and " " not in column and row.split(" ", 1)[0].isupper():
            cells.setdefault(row, {})[column] = case
            columns[column] = None
    return Grid(tuple(columns), {row: tuple(found.get(name) for name in columns) for row, found in cells.items()})


def _figure(measure: Measure | None) -> str:
    """Return a figure as people read it: `1.2 M`."""
    value = measure.value if measure else 0.0
    for unit, size in (("G", 1e9), ("M", 1e6), ("k", 1e3)):
        if abs(value) >= max(size, 10_000):
            return f"{value / size:,.3g} {unit}"
    if measure is None:
        return ""
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 100 else f"{value:,.3g}"
