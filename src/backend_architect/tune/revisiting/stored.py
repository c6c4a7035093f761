"""An advice → the files that a team commits: JSON for `architect tune revisit`, and SQL for anybody with psql."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from backend_architect import __version__
from backend_architect.errors import ArchitectError, Place, Problem
from backend_architect.tune.indexes.model import Advice, Recommended
from backend_architect.tune.revisiting.model import Revisit, RevisitedIndex

FORMAT = 1
DAYS = 30
FIX = "name the file that architect tune --revisit wrote"
SQL = """-- {head}
-- From {due} on: what nothing has scanned since may be dropped. Look at every standby too: each counts its own reads.
SELECT i.schemaname, i.relname, i.indexrelname, i.idx_scan, pg_size_pretty(pg_relation_size(i.indexrelid)) AS size,
       (SELECT stats_reset FROM pg_stat_database WHERE datname = current_database()) AS counted_since
FROM pg_stat_user_indexes i
WHERE (i.schemaname, i.indexrelname) IN (
{names}
)
ORDER BY i.idx_scan, i.indexrelname;
"""


class RevisitError(ArchitectError):
    """A file holds no advised indexes."""


def revisit_of(advice: Advice | None, database: str, today: date) -> Revisit:
    """Return what is to be looked at again, a month from today."""
    recommended = advice.recommended if advice else ()
    unit_ms = advice.unit_ms if advice else 0.0
    indexes = tuple(index for each in recommended for index in _indexes(each, unit_ms))
    return Revisit(database, today, today + timedelta(days=DAYS), indexes)


def _indexes(each: Recommended, unit_ms: float) -> Sequence[RevisitedIndex]:
    return [
        RevisitedIndex(
            index.schema,
            index.table,
            index.name,
            index.definition(index.name),
            tuple(key.column for key in index.keys),
            each.statements if index is each.index else (),
            each.bytes if index is each.index else 0,
            each.gain * unit_ms if index is each.index else 0.0,
        )
        for index in (each.index, *each.others)
    ]


def revisit_text(revisit: Revisit) -> str:
    """Return the file for `architect tune revisit`."""
    document = {
        "format": FORMAT,
        "database": revisit.database,
        "made": revisit.made.isoformat(),
        "due": revisit.due.isoformat(),
        "indexes": [
            {
                "schema": each.schema,
                "table": each.table,
                "name": each.name,
                "definition": each.definition,
                "keys": list(each.keys),
                "statements": list(each.statements),
                "bytes": each.bytes,
                "saves_ms": round(each.saves_ms),
            }
            for each in revisit.indexes
        ],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def revisit_sql(revisit: Revisit) -> str:
    """Return the same question as SQL."""
    database = " ".join(revisit.database.split())
    head = f"Indexes advised by backend-architect {__version__} on {revisit.made} for database {database}."
    names = ",\n".join(f"  ({_literal(each.schema)}, {_literal(each.name)})" for each in revisit.indexes)
    return SQL.format(head=head, due=revisit.due, names=names or "  (NULL, NULL)")


def _literal(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'" if "\\" not in text else "E'{}'".format(escaped.replace("\\", "\\\\"))


def read_revisit(path: Path) -> Revisit:
    """Return what a file says; raises RevisitError where it is none."""
    place = Place(str(path))
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["format"] != FORMAT:
            raise RevisitError(Problem("no-revisit", f"its format is {data['format']}, not {FORMAT}", FIX, place))
        indexes = tuple(
            RevisitedIndex(
                str(each["schema"]),
                str(each["table"]),
                str(each["name"]),
                str(each["definition"]),
                tuple(map(str, each["keys"])),
                tuple(map(str, each["statements"])),
                int(each["bytes"]),
                float(each["saves_ms"]),
            )
            for each in data["indexes"]
        )
        made, due = date.fromisoformat(data["made"]), date.fromisoformat(data["due"])
        return Revisit(str(data["database"]), made, due, indexes)
    except OSError as error:
        raise RevisitError(Problem("no-revisit", str(error.strerror), FIX, place)) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise RevisitError(Problem("no-revisit", f"it holds no advised indexes: {error}", FIX, place)) from error
