"""What became of advised indexes → lines for a terminal, and data."""

from collections.abc import Mapping

from backend_architect.report.paint import Paint
from backend_architect.report.visible import in_one_line
from backend_architect.tune.amounts import duration, size
from backend_architect.tune.revisiting import Revisit, RevisitResult, Usage, UsageVerdict

FORMAT = 1


def looked_lines(revisit: Revisit, looked: RevisitResult, paint: Paint) -> list[str]:
    """Return what a person reads: each index with its verdict, what nobody looked at, and the SQL that drops."""
    lines = [paint.bold(f"{in_one_line(revisit.database)}: {len(revisit.indexes)} indexes advised on {revisit.made}")]
    for each in looked.usages:
        colour = {UsageVerdict.USED: paint.green, UsageVerdict.UNUSED: paint.red, UsageVerdict.INVALID: paint.red}
        lines.append(f"  {colour.get(each.verdict, paint.dim)(f'{each.verdict:9}')}  {_usage_text(each)}")
    lines += [f"  {paint.dim(note)}" for note in notes(looked)]
    drops = [each.drop for each in looked.usages if each.drop]
    title = "Nothing used these since:" if not looked.unseen else "Nothing used these here since:"
    return [*lines, *(["", title, *drops] if drops else [])]


def notes(looked: RevisitResult) -> list[str]:
    """Return what bounds the verdicts."""
    lines = list(looked.notes)
    if looked.unseen:
        many = "standby was" if looked.unseen == 1 else "standbys were"
        lines.append(f"{looked.unseen} {many} not looked at, whose reads count there: give their URLs too")
    return lines


def looked_data(revisit: Revisit, looked: RevisitResult) -> dict[str, object]:
    """Return the same as data, described by docs/reference/revisit.schema.json."""
    return {
        "format": FORMAT,
        "database": revisit.database,
        "made": revisit.made.isoformat(),
        "due": revisit.due.isoformat(),
        "indexes": [_usage(each) for each in looked.usages],
        "standbys_unseen": looked.unseen,
        "notes": notes(looked),
    }


def _usage_text(each: Usage) -> str:
    saves = f", to save {duration(each.index.saves_ms)}" if each.index.saves_ms else ""
    known = in_one_line(each.name or each.index.name)
    if each.verdict is UsageVerdict.NOT_BUILT:
        return f"{known}{saves}"
    scans = "1 scan" if each.scans == 1 else f"{each.scans:,} scans"
    return f"{known}  {size(each.bytes)}, {scans} in {each.days:,.0f} days{saves}"


def _usage(each: Usage) -> Mapping[str, object]:
    return {
        "schema": each.index.schema,
        "table": each.index.table,
        "name": each.name or each.index.name,
        "verdict": each.verdict.value,
        "scans": each.scans,
        "days": each.days,
        "bytes": each.bytes,
        "statements": list(each.index.statements),
        "saves_ms": each.index.saves_ms,
        "drop": each.drop,
    }
