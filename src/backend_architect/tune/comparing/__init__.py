"""What a database counted before and after its indexes changed, and whether that helped.

`take_snapshot` reads the counts, `compare` sets two readings side by side. Nothing is ever reset.
"""

from backend_architect.tune.comparing.compare import compare
from backend_architect.tune.comparing.model import (
    ChangeVerdict,
    CountedIndex,
    IndexChange,
    Snapshot,
    StatementChange,
    WorkloadComparison,
)
from backend_architect.tune.comparing.read import take_snapshot
from backend_architect.tune.comparing.stored import SnapshotError, read_snapshot, snapshot_text

__all__ = [
    "ChangeVerdict",
    "CountedIndex",
    "IndexChange",
    "Snapshot",
    "SnapshotError",
    "StatementChange",
    "WorkloadComparison",
    "compare",
    "read_snapshot",
    "snapshot_text",
    "take_snapshot",
]
