"""The lines of tests that make each range anew, after the last one."""

from backend_architect.design.model import FieldType, Row
from backend_architect.design.python_names import FACTORY, variable
from backend_architect.design.ranges import ranges_of

BASES = {
    FieldType.DATE: ("date(2030, 1, 1)", "timedelta(days=2 * next(_numbers))", "timedelta(days=1)"),
    FieldType.TIMESTAMP: (
        "datetime(2030, 1, 1, tzinfo=UTC)",
        "timedelta(hours=2 * next(_numbers))",
        "timedelta(hours=1)",
    ),
}


def range_lines(row: Row, *, given: bool) -> list[str]:
    """Return the lines that set beginnings and ends; with `given` an argument that was passed stays."""
    lines = []
    for last, first in ranges_of(row).items():
        base, step, length = BASES[row.fields[first].type]
        start, end = variable(first, FACTORY), variable(last, FACTORY)
        lines.append(f"{start} = {f'{start} or ' if given else ''}{base} + {step}")
        lines.append(f"{end} = {f'{end} or ' if given else ''}{start} + {length}")
    return lines
