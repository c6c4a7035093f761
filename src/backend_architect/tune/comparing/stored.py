"""A snapshot as JSON, and read again."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from backend_architect.errors import ArchitectError, Place, Problem
from backend_architect.tune.comparing.model import CountedIndex, Snapshot
from backend_architect.tune.workload import Statement

FORMAT = 1
LEFT_OUT = ("examples", "plans")
FIX = "give a file that `architect tune --snapshot FILE` has written"


class SnapshotError(ArchitectError):
    """A snapshot cannot be used."""


def snapshot_text(snapshot: Snapshot) -> str:
    """Return it as JSON."""
    return json.dumps({"format": FORMAT, **snapshot_data(snapshot)}, indent=1, ensure_ascii=False) + "\n"


def snapshot_data(snapshot: Snapshot) -> dict[str, Any]:
    """Return it as mappings and lists, without values of parameters: they are nobody else's business."""
    data = asdict(snapshot)
    for each in data["statements"] or ():
        for name in LEFT_OUT:
            del each[name]
    return data


def read_snapshot(file: Path) -> Snapshot:
    """Return a stored snapshot; raises SnapshotError where the file is none."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        if not isinstance(data, dict) or data.get("format") != FORMAT:
            raise SnapshotError(Problem("unreadable-snapshot", "it is not a snapshot", FIX, Place(str(file))))
        return snapshot_from(data)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise SnapshotError(Problem("unreadable-snapshot", str(error), FIX, Place(str(file)))) from error


def snapshot_from(data: Mapping[str, Any]) -> Snapshot:
    """Return the snapshot that `snapshot_data` gave."""
    statements = data["statements"]
    return Snapshot(
        database=data["database"],
        version=data["version"],
        taken=data["taken"],
        seconds=data["seconds"],
        indexes=tuple(CountedIndex(**each) for each in data["indexes"]),
        statements=None if statements is None else tuple(Statement(**each) for each in statements),
    )
