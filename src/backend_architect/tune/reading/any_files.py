"""A workload from whatever a path holds: SQL, server logs, an exported pg_stat_statements, or a folder of them all."""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urlsplit

from backend_architect.errors import Problem
from backend_architect.tune.reading.exported import is_exported, read_exported
from backend_architect.tune.reading.files import WorkloadError, read_files
from backend_architect.tune.reading.logs import LogKind, kind_of_log, read_logs
from backend_architect.tune.reading.logs.collect import OTHER_DATABASE
from backend_architect.tune.reading.logs.envelopes import fields_of
from backend_architect.tune.reading.logs.stream import beginning_of
from backend_architect.tune.reading.logs.unwrap import log_lines
from backend_architect.tune.statement_names import shared_names
from backend_architect.tune.workload import Workload

BEGINNING = 200
"""Lines that tell what a file is."""
UNKNOWN = "files that are neither SQL, nor a log, nor an exported pg_stat_statements"
TWICE = "logs that are there in another form too"
BEST_FIRST = (LogKind.JSON, LogKind.CSV, LogKind.TEXT, "exported")
FORMS = {"log", "csv", "json", "gz"}
SWITCH_ON = "set log_min_duration_statement, or auto_explain"
ELSEWHERE = "give the URL of the database in which they ran: this one is {}"
FIX = "name a file of SQL, a server's log or an exported pg_stat_statements, or a folder of them"


def read_workload(path: Path, database: str = "") -> Workload:
    """Return the statements of a file or folder, of one database where logs tell several apart.

    Raises WorkloadError where nothing of it can be read.
    """
    if not path.is_dir():
        kind = _kind(path)
        if kind is None:
            _refuse_other_json(path)
            return read_files(path)
        return _read(path, {path: kind}, database)
    everything = [each for each in sorted(path.rglob("*")) if each.is_file() and not each.name.startswith(".")]
    others = {each: _kind(each) for each in everything if each.suffix != ".sql"}
    known_files = {file: kind for file, kind in others.items() if kind is not None}
    found = _once(known_files)
    parts = [_read(path, found, database)] if found else []
    if len(others) < len(everything):
        parts.append(read_files(path))
    left_out = {UNKNOWN: len(others) - len(known_files), TWICE: len(known_files) - len(found)}
    whole = _joined(str(path), parts, {reason: number for reason, number in left_out.items() if number})
    if not whole.statements:
        raise _empty(path, whole, database, FIX)
    return whole


def database_of(url: str) -> str:
    """Return the database that a connection URL names, '' where it leaves that to the server."""
    return unquote(urlsplit(url).path.removeprefix("/"))


def _refuse_other_json(path: Path) -> None:
    """Raise WorkloadError for JSON that carries no log in a field that is known; for SQL and the like do nothing."""
    names = fields_of(beginning_of(path, BEGINNING)) if path.suffix != ".sql" else ()
    if names:
        message = f"{path} is JSON of which no known field holds a server's log; its fields: {', '.join(names[:12])}"
        fix = f"write the log's text, one entry after the other: jq -r '.{names[0]}' {path.name} > postgresql.log"
        raise WorkloadError(Problem("no-workload", message, fix))


def _once(files: dict[Path, LogKind | str]) -> dict[Path, LogKind | str]:
    """Return the files without the forms of a log that is there in a better one: a server may write all three."""
    best: dict[tuple[Path, str], Path] = {}
    for file, kind in files.items():
        name = ".".join(part for part in file.name.split(".") if part not in FORMS)
        own = (file.parent, name if isinstance(kind, LogKind) else file.name)
        known = best.setdefault(own, file)
        if BEST_FIRST.index(kind) < BEST_FIRST.index(files[known]):
            best[own] = file
    return {file: kind for file, kind in files.items() if file in best.values()}


def _kind(file: Path) -> LogKind | str | None:
    """Return the kind of a log, `exported`, or None for anything else."""
    if file.suffix == ".sql":
        return None
    beginning = beginning_of(file, BEGINNING)
    return "exported" if is_exported(beginning) else kind_of_log(list(islice(log_lines(file), BEGINNING)))


def _read(path: Path, files: dict[Path, LogKind | str], database: str) -> Workload:
    logs = [(file, kind) for file, kind in files.items() if isinstance(kind, LogKind)]
    parts = [read_logs(logs, str(path), database)] if logs else []
    parts += [read_exported(file) for file, kind in files.items() if not isinstance(kind, LogKind)]
    whole = _joined(str(path), parts, {})
    if len(files) == 1 and not whole.statements:
        raise _empty(path, whole, database, SWITCH_ON)
    return whole


def _empty(path: Path, whole: Workload, database: str, fix: str) -> WorkloadError:
    """Return that nothing was found, and why not."""
    reasons = "; ".join(f"{number} {reason}" for reason, number in whole.left_out.items())
    message = f"{path} holds no statement that has a plan{f' (left out: {reasons})' if reasons else ''}"
    elsewhere = OTHER_DATABASE in whole.left_out
    return WorkloadError(Problem("no-workload", message, ELSEWHERE.format(database) if elsewhere else fix))


def _joined(source: str, parts: Sequence[Workload], left_out: dict[str, int]) -> Workload:
    """Return several workloads as one, the dearest statements first."""
    shared = shared_names({each.id: each.name for part in parts for each in part.statements}.values())
    statements = sorted(
        (each.named_among(shared) for part in parts for each in part.statements),
        key=lambda each: (-each.total_ms, -each.calls, each.id),
    )
    counted = Counter(left_out)
    for part in parts:
        counted.update(part.left_out)
    return Workload(
        source=source,
        statements=tuple(statements),
        left_out=dict(sorted(counted.items())),
        seconds=max((part.seconds for part in parts if part.seconds is not None), default=None),
        runs=tuple(run for part in parts for run in part.runs),
        unread_ms=sum(part.unread_ms for part in parts),
        notes=tuple(dict.fromkeys(note for part in parts for note in part.notes)),
    )
