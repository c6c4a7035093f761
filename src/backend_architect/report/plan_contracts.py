"""What became of a contract → lines for a terminal, data, and SARIF."""

from collections.abc import Mapping, Sequence
from difflib import ndiff

from backend_architect import __version__
from backend_architect.errors import Problem
from backend_architect.report.paint import Paint
from backend_architect.report.visible import in_one_line, visible
from backend_architect.tune.contracts import ContractComparison, PlanFlip

FORMAT = 1
FLIP = "plan-flip"
TITLE = "a statement is planned otherwise than its contract says"


def comparison_lines(comparison: ContractComparison, paint: Paint) -> list[str]:
    """Return what a person reads: each flip with its place, why, and the plan before and after."""
    lines: list[str] = []
    for flip in comparison.flips:
        place = flip.statement.place
        where = f"{place.file}:{place.line}: " if place.file else ""
        lines.append(f"{paint.bold(where)}{paint.red(FLIP)}: {_message(flip)}")
        lines += [f"  {_painted(line, paint)}" for line in _difference(flip)]
    if comparison.new:
        lines.append(f"not in the contract: {_names(comparison.new)}")
    if comparison.gone:
        lines.append(f"in the contract alone: {_names(comparison.gone)}")
    return [*lines, f"{len(comparison.flips)} of {len(comparison.flips) + comparison.same} plans flipped"]


def comparison_data(comparison: ContractComparison, problems: Sequence[Problem]) -> dict[str, object]:
    """Return the same as data: the `checked` of docs/reference/plans.schema.json."""
    return {
        "format": FORMAT,
        "flips": [_flip(each) for each in comparison.flips],
        "new": list(comparison.new),
        "gone": list(comparison.gone),
        "same": comparison.same,
        "notes": [each.message for each in problems],
    }


def comparison_sarif(comparison: ContractComparison) -> dict[str, object]:
    """Return the flips as SARIF 2.1.0."""
    rules = [{"id": FLIP, "shortDescription": {"text": TITLE}}]
    driver = {"name": "backend-architect", "version": __version__, "rules": rules}
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "results": [_result(each) for each in comparison.flips]}],
    }


def _message(flip: PlanFlip) -> str:
    return f"{in_one_line(flip.statement.name)} at {flip.times:g}x: {in_one_line(flip.why)}"


def _difference(flip: PlanFlip) -> list[str]:
    """Return both plans as one text, with + and - for what is new and gone."""
    return [visible(line) for line in ndiff(list(flip.before), list(flip.after)) if not line.startswith("?")]


def _painted(line: str, paint: Paint) -> str:
    return paint.red(line) if line.startswith("-") else paint.green(line) if line.startswith("+") else line


def _flip(flip: PlanFlip) -> Mapping[str, object]:
    return {
        "name": flip.statement.name,
        "file": flip.statement.place.file,
        "line": flip.statement.place.line,
        "times": flip.times,
        "why": flip.why,
        "before": list(flip.before),
        "after": list(flip.after),
    }


def _result(flip: PlanFlip) -> Mapping[str, object]:
    place = flip.statement.place
    text = "\n".join([_message(flip), *_difference(flip)])
    location: dict[str, object] = {"logicalLocations": [{"fullyQualifiedName": flip.statement.name, "kind": "object"}]}
    if place.file:
        region = {"startLine": max(place.line, 1)}
        location["physicalLocation"] = {"artifactLocation": {"uri": place.file}, "region": region}
    return {
        "ruleId": FLIP,
        "level": "error",
        "message": {"text": text},
        "locations": [location],
        "partialFingerprints": {"plan/v1": flip.statement.name},
    }


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - 10} more" if len(names) > 10 else ""
    return in_one_line(", ".join(names[:10])) + more
