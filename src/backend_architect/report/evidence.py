"""Evidence → lines for a terminal: a line for each probe, more for what failed, and the three questions."""

from collections.abc import Iterable

from backend_architect.proof.evidence import Case, Evidence, ProofQuestion, Result, Verdict, worst
from backend_architect.report.paint import Paint
from backend_architect.report.visible import visible

SHOWN_FAILURES = 5


def result_line(result: Result, paint: Paint) -> str:
    """Return a probe's verdict in a line."""
    counted = f"{len(result.cases)} case{'' if len(result.cases) == 1 else 's'}"
    again = f", tried {result.tries} times" if result.tries > 1 else ""
    shown = _coloured(result.verdict, paint)
    return f"{shown:7} {result.probe:12} {result.title} ({counted}, {result.seconds:.1f} s{again})"


def case_lines(result: Result, paint: Paint) -> list[str]:
    """Return what failed, or could not be tried: what was expected, what came, and how to repeat it."""
    bad = [case for case in result.cases if case.verdict in {Verdict.FAILED, Verdict.BROKEN}]
    lines = [line for case in bad[:SHOWN_FAILURES] for line in _case_lines(case, paint)]
    more = len(bad) - SHOWN_FAILURES
    return [*lines, f"  … and {more} more"] if more > 0 else lines


def verdict_lines(evidence: Evidence, paint: Paint) -> list[str]:
    """Return the answers to the three questions; one of which no probe ran is not proven."""
    return [_verdict_line(question, evidence.of(question), paint) for question in ProofQuestion]


def _verdict_line(question: ProofQuestion, results: Iterable[Result], paint: Paint) -> str:
    results = tuple(results)
    verdict = worst(result.verdict for result in results)
    tried = [case for result in results for case in result.cases if case.verdict is not Verdict.SKIPPED]
    if not tried:
        return f"{question.value} {paint.dim('not tried')}"
    failed = sum(case.verdict is not Verdict.HELD for case in tried)
    answer = paint.green("yes") if verdict is Verdict.HELD else paint.red("no")
    summary = f"{len(tried):,} cases held" if not failed else f"{failed:,} of {len(tried):,} cases did not hold"
    return f"{paint.bold(question.value)} {answer}: {summary}"


def _case_lines(case: Case, paint: Paint) -> list[str]:
    lines = [f"  {paint.red(case.verdict.value)} {case.title}"]
    lines += [f"    {name}: {visible(text)}" for name, text in _parts(case) if text]
    return lines


def _parts(case: Case) -> tuple[tuple[str, str], ...]:
    return ("expected", case.expected), ("actual", case.actual), ("advice", case.advice), ("repeat", case.repeat)


def _coloured(verdict: Verdict, paint: Paint) -> str:
    text = f"{verdict.value:7}"
    if verdict is Verdict.HELD:
        return paint.green(text)
    return paint.dim(text) if verdict is Verdict.SKIPPED else paint.red(text)
