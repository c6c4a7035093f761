"""The public pages about the decisions, made from their docstrings, the table of thresholds and the table of costs."""

from backend_architect.decisions.costs import COSTS
from backend_architect.decisions.decision import Entry
from backend_architect.decisions.figures import quantity
from backend_architect.decisions.registry import REGISTRY
from backend_architect.decisions.thresholds import THRESHOLDS
from backend_architect.decisions.unbuilt import UNBUILT


def reference_pages() -> dict[str, str]:
    """Return the pages of `docs/reference/decisions/` by file name."""
    pages = {f"{entry.question.slug}.md": _page(entry) for entry in REGISTRY}
    return {"README.md": _index(), **pages, "thresholds.md": _thresholds()}


def _page(entry: Entry) -> str:
    question = entry.question
    title, _, body = entry.page.strip().partition("\n")
    pins = ", ".join(f"`{answer}`" for answer in question.allowed_pins)
    missing = ", ".join(f"`{answer}`" for slug, answer in UNBUILT if slug == question.slug)
    tail = f"## Pin it\n\n`pin: {{{question.slug}: …}}` with one of {pins}."
    tail += f" Not built yet: {missing}." if missing else ""
    return f"# {title.rstrip('.')}\n\n{question.asks}\n{body.rstrip()}\n\n{tail}\n"


def _index() -> str:
    rows = "\n".join(
        f"| [{e.question.slug}]({e.question.slug}.md) | {e.question.asks} | {', '.join(e.question.answers)} |"
        for e in REGISTRY
    )
    intro = "Each question is answered from the numbers of the design; `architect decide` shows them."
    limits = "The numbers at which answers change, and where they come from: [thresholds](thresholds.md)."
    return f"# Decisions\n\n{intro}\n{limits}\n\n| slug | question | answers |\n|---|---|---|\n{rows}\n"


def _thresholds() -> str:
    limits = "\n".join(f"| {t.name} | {quantity(t.value, t.unit)} | {t.source} |" for t in THRESHOLDS)
    costs = "\n".join(
        f"| {kind} | {c.server_us:,.0f} | {c.database_us:,.0f} | {c.source} |" for kind, c in COSTS.items()
    )
    return (
        f"# Thresholds\n\n| metric | limit | source |\n|---|---|---|\n{limits}\n\n"
        "## What each operation costs\n\nMicroseconds of processor time, measured on two shared cores with PostgreSQL "
        f"18.6.\n\n| operation | API | database | source |\n|---|---|---|---|\n{costs}\n"
    )
