"""A workload → lines for a terminal: where it comes from, where the time goes, and what to know of its counts."""

from backend_architect.report.visible import in_one_line
from backend_architect.tune.workload import Statement, Workload

COSTLIEST_SHOWN = 5


def read_from(workload: Workload | None) -> str:
    """Return how many statements there are, from where, and what was left out."""
    if workload is None:
        return "no statements"
    left_out = sum(workload.left_out.values())
    reasons = "; ".join(f"{number} {reason}" for reason, number in workload.left_out.items())
    aside = f" ({left_out} left out: {reasons})" if left_out else ""
    number = len(workload.statements)
    return f"{number} statement{'' if number == 1 else 's'} from {workload.source}{aside}"


def costliest_lines(workload: Workload) -> list[str]:
    """Return the statements that take most of the time, a line each; none where times are unknown."""
    whole = workload.total_ms
    lines = [f"  {_shown(each, whole)}" for each in workload.statements[:COSTLIEST_SHOWN]] if whole else []
    return ["Where the time goes:", *lines] if lines else []


def note_lines(workload: Workload) -> list[str]:
    """Return what to know when reading the counts."""
    return [f"note: {in_one_line(note)}" for note in workload.notes]


def _shown(each: Statement, whole: float) -> str:
    share = f"{each.total_ms / whole:4.0%}"
    source = f"  from {in_one_line(each.source)}" if each.source else ""
    calls = f"{each.calls:12,.0f} {'call ' if each.calls == 1 else 'calls'}"
    return f"{share}  {calls} of {each.mean_ms:,.2f} ms  {in_one_line(each.shown)}{source}"
