"""Findings → lines for a terminal, a Markdown report, and SARIF for code scanning."""

from collections.abc import Mapping, Sequence
from textwrap import wrap

from backend_architect import __version__
from backend_architect.finding import Finding, Severity
from backend_architect.report.paint import Paint
from backend_architect.report.visible import as_markdown, in_one_line, visible
from backend_architect.tune.former_codes import former_codes_of

WIDTH = 98
LEVELS = {Severity.HIGH: "error", Severity.MEDIUM: "warning", Severity.LOW: "note"}
SARIF = "2.1.0"
MOST_PLACES = 10
"""Of a finding with many, that a terminal shows."""


def finding_lines(finding: Finding, paint: Paint) -> list[str]:
    """Return a finding as a person reads it: what, why, the evidence, and what mends it."""
    colour = {Severity.HIGH: paint.red, Severity.MEDIUM: paint.yellow, Severity.LOW: paint.dim}[finding.severity]
    lines = [f"{colour(f'{finding.severity.value:6}')} {paint.bold(finding.code)}  {in_one_line(finding.message)}"]
    evidence = ", ".join(map(str, finding.evidence))
    for name, text in (
        ("why", finding.why),
        ("evidence", f"{evidence} ({finding.sureness.value})"),
        ("fix", finding.fix),
    ):
        lines += _hanging(name, text)
    lines += [f"         {line}" for line in visible(finding.sql).split("\n")] if finding.sql else []
    lines += _of_more(finding)
    shown = ["", *visible(finding.rewrite).split("\n")] if finding.rewrite else []
    return lines + [f"         {line}".rstrip() for line in shown]


def _of_more(finding: Finding) -> list[str]:
    """Return the other places of a finding that has many, a line each with its SQL, and how many are left."""
    if not finding.more:
        return []
    lines = [f"       and {len(finding.more):,} more of this kind:"]
    for each in finding.more[:MOST_PLACES]:
        lines.append(f"         {in_one_line(each.subject)}")
        lines += [f"           {line}" for line in visible(each.sql).split("\n")] if each.sql else []
    left = len(finding.more) - MOST_PLACES
    return [*lines, f"         … and {left:,} others: --json has all of them"] if left > 0 else lines


def findings_markdown(findings: Sequence[Finding], title: str) -> str:
    """Return the report as Markdown."""
    parts = [f"# {as_markdown(title)}", "", counted(findings)]
    for finding in findings:
        parts += [
            "",
            f"## {finding.severity.value}: {as_markdown(finding.message)}",
            "",
            f"`{finding.code}` · {finding.sureness.value}",
        ]
        parts += ["", as_markdown(f"{_sentence(finding.why, finding)} {_sentence(finding.fix, finding)}")]
        parts += ["", *(f"- {as_markdown(fact.name)}: {as_markdown(fact.value)}" for fact in finding.evidence)]
        parts += ["", f"And {len(finding.more):,} more:", ""] if finding.more else []
        parts += [f"- {as_markdown(each.subject)}" for each in finding.more]
        mending = "\n".join(each.sql for each in (finding, *finding.more) if each.sql)
        parts += [line for sql in (mending, finding.rewrite) if sql for line in ("", "```sql", sql, "```")]
    return "\n".join(parts) + "\n"


def findings_sarif(findings: Sequence[Finding], titles: Mapping[str, str], source: str) -> dict[str, object]:
    """Return the findings as SARIF 2.1.0; `titles` names every rule, `source` the database."""
    rules = [_sarif_rule(code, title) for code, title in titles.items()]
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": SARIF,
        "runs": [
            {
                "tool": {"driver": {"name": "backend-architect", "version": __version__, "rules": rules}},
                "results": [_sarif_result(each, source) for finding in findings for each in (finding, *finding.more)],
            }
        ],
    }


def _sarif_rule(code: str, title: str) -> dict[str, object]:
    rule: dict[str, object] = {"id": code, "shortDescription": {"text": title}}
    former = former_codes_of(code)
    return {**rule, "deprecatedIds": former} if former else rule


def _sarif_result(finding: Finding, source: str) -> dict[str, object]:
    named = {"fullyQualifiedName": finding.subject, "kind": "object"}
    return {
        "ruleId": finding.code,
        "level": LEVELS[finding.severity],
        "message": {"text": " ".join(_sentence(text, finding) for text in (finding.message, finding.why, finding.fix))},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": source}}, "logicalLocations": [named]}],
        "partialFingerprints": {"finding/v1": finding.key},
    }


def counted(findings: Sequence[Finding]) -> str:
    """Return how many findings there are of each severity."""
    numbers = [sum(finding.severity is severity for finding in findings) for severity in Severity]
    counts = [f"{number} {severity.value}" for number, severity in zip(numbers, Severity, strict=True) if number]
    return ", ".join(counts) or "nothing found"


def _hanging(name: str, text: str) -> list[str]:
    lines = wrap(visible(text), WIDTH - 13) or [""]
    return [f"       {name:5}{lines[0]}", *(f"            {line}" for line in lines[1:])]


def _sentence(text: str, finding: Finding) -> str:
    """Return a text as a sentence; a name that it begins with is written as it is."""
    end = "" if text.endswith(".") else "."
    first = text.split(" ", 1)[0]
    is_name = first in finding.subject.split() or not first.isalpha()
    return f"{text if is_name else text[:1].upper() + text[1:]}{end}"
