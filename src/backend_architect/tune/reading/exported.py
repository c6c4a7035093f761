"""pg_stat_statements as somebody exported it: CSV with its header, or JSON (an array, or an object a line)."""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from backend_architect.errors import Place, Problem
from backend_architect.tune.reading.files import LARGEST, WorkloadError
from backend_architect.tune.reading.logs.stream import LONGEST, lines_of
from backend_architect.tune.reading.usable_statements import identity, keep
from backend_architect.tune.workload import Statement, Workload

NEEDED = {"query", "calls"}
COLUMNS = {
    "total_ms": ("total_exec_time", "total_time"),
    "rows": ("rows",),
    "blocks": ("shared_blks_hit", "shared_blks_read"),
    "blocks_read": ("shared_blks_read",),
    "temporary_blocks": ("temp_blks_read", "temp_blks_written"),
}


def is_exported(beginning: Sequence[str]) -> bool:
    """Return whether the first lines of a file are those of an exported pg_stat_statements."""
    first = next((line for line in beginning if line.strip()), "")
    if first.lstrip().startswith(("[", "{")):
        text = "".join(beginning)
        return all(f'"{name}"' in text for name in NEEDED) and '"error_severity"' not in text
    return set(next(csv.reader([first]), [])) >= NEEDED


def read_exported(file: Path) -> Workload:
    """Return the statements of an export; raise WorkloadError when it has another form."""
    records = _records(file)
    statements: dict[str, Statement] = {}
    garbage = 0
    for record in records:
        statement = _statement(record)
        if statement is None:
            garbage += 1
        else:
            statements[statement.id] = statement.plus(statements.get(statement.id))
    workload = keep(statements.values(), str(file))
    left_out = {**workload.left_out, **({"rows without a query or a number of calls": garbage} if garbage else {})}
    return replace(workload, left_out=left_out)


def _records(file: Path) -> Iterator[Mapping[str, Any]]:
    if file.stat().st_size > LARGEST:
        raise WorkloadError(
            Problem("workload-too-large", "the file is larger than 64 MiB", "split it", Place(str(file)))
        )
    lines = list(lines_of(file))
    first = next((line for line in lines if line.strip()), "")
    if first.lstrip().startswith("["):
        yield from _objects("".join(lines), file)
    elif first.lstrip().startswith("{"):
        for line in lines:
            if line.strip():
                yield from _objects(f"[{line}]", file)
    else:
        csv.field_size_limit(LONGEST)
        yield from csv.DictReader(lines)


def _objects(text: str, file: Path) -> list[Mapping[str, Any]]:
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise WorkloadError(Problem("no-workload", f"no JSON: {error}", "export it again", Place(str(file)))) from error
    return [each if isinstance(each, dict) else {} for each in data]


def _statement(record: Mapping[str, Any]) -> Statement | None:
    text = record.get("query")
    calls = _number(record, ("calls",))
    if not isinstance(text, str) or not text.strip() or calls <= 0:
        return None
    numbers = {name: _number(record, columns) for name, columns in COLUMNS.items()}
    return replace(Statement(id=identity(text), text=text, calls=calls), **numbers)  # type: ignore[arg-type]


def _number(record: Mapping[str, Any], columns: Sequence[str]) -> float:
    found = 0.0
    for column in columns:
        try:
            found += float(record.get(column) or 0)
        except (TypeError, ValueError):
            continue
    return found
