"""The public pages about the findings of `tune`, made from the docstrings of their rules."""

from backend_architect.tune import RULES
from backend_architect.tune.rule import Rule

SECTIONS = ("What it checks", "Why it matters", "Example", "Instead", "When it is wrong")


def finding_pages() -> dict[str, str]:
    """Return the pages of `docs/findings/` by file name."""
    return {"README.md": _index(), **{f"{rule.code}.md": _page(rule) for rule in RULES}}


def sections_of(rule: Rule) -> dict[str, str]:
    """Return the paragraphs of a rule's page by their heading, in their order."""
    _, *paragraphs = rule.page.strip().split("\n\n")
    parts: dict[str, list[str]] = {}
    for paragraph in paragraphs:
        heading, _, text = paragraph.partition(": ")
        if heading in SECTIONS:
            parts[heading] = [f"{text[:1].upper()}{text[1:]}"]
        else:
            parts[next(reversed(parts))].append(paragraph)
    return {heading: "\n\n".join(texts) for heading, texts in parts.items()}


def _page(rule: Rule) -> str:
    title = rule.page.strip().splitlines()[0].rstrip(".")
    body = "\n\n".join(f"## {heading}\n\n{text}" for heading, text in sections_of(rule).items())
    accept = f"```yaml\naccepted:\n  {rule.code}:<subject>: why it may stay\n```"
    tail = (
        f"## Accept it\n\nIn the file that is given with `--baseline`, with the key that `--json` prints:\n\n{accept}"
    )
    return f"# {title}\n\n`{rule.code}`\n\n{body}\n\n{tail}\n"


def _index() -> str:
    rows = "\n".join(f"| [{rule.code}]({rule.code}.md) | {rule.title} |" for rule in RULES)
    intro = (
        "`architect tune` looks for each of these. Each finding has its evidence, its impact, and the fix.\n\n"
        "**Severity** is what the fault costs. For one in a statement it is the statement's share of the time of all\n"
        "statements, where that is known: high from 10 % on, medium from 1 % on, low below; a fault in a statement\n"
        "that takes no time is no emergency. For the others it stands in the rule.\n\n"
        "**Sureness** is `certain` where the database itself says so, `likely` where it follows from counts or\n"
        "estimates, `possible` where somebody who knows the application must say."
    )
    return f"# Findings\n\n{intro}\n\n| code | what is wrong |\n|---|---|\n{rows}\n"
