"""What each kind of step locks, for how long, and how long it may wait for that lock."""

from collections.abc import Mapping
from dataclasses import dataclass

from backend_architect.tune.migration.model import StepKind


@dataclass(frozen=True, slots=True)
class Lock:
    """`description` is in plain words; `timeout` is the lock_timeout in milliseconds.

    A lock that stops others also stops them while it is waited for, so its timeout is short. One that stops nobody may
    be waited for longer.
    """

    description: str
    timeout: int


SHORT, PATIENT = 2_000, 30_000
NOBODY = "reads and writes go on"

LOCKS: Mapping[StepKind, Lock] = {
    StepKind.CREATE_EXTENSION: Lock("no table is locked", SHORT),
    StepKind.CREATE_INDEX: Lock(
        f"SHARE UPDATE EXCLUSIVE on the table while it is built: {NOBODY}, only other DDL, VACUUM and ANALYZE of the "
        "table wait; it reads the table twice, waits for every transaction that is older, and cannot run in one itself",
        PATIENT,
    ),
    StepKind.CREATE_PARENT_INDEX: Lock(
        "SHARE on the partitioned table itself, for an instant: writes through it wait, reads go on; "
        "nothing is built, and the partitions are not locked",
        SHORT,
    ),
    StepKind.ATTACH_INDEX: Lock(
        "ACCESS EXCLUSIVE on the partition's new index, for an instant: statements that are being planned for this "
        "partition wait",
        SHORT,
    ),
    StepKind.DROP_INDEX: Lock(
        f"SHARE UPDATE EXCLUSIVE on the table, for an instant: {NOBODY}; it waits for every transaction that may use "
        "the index, and cannot run in a transaction",
        PATIENT,
    ),
    StepKind.DROP_PARENT_INDEX: Lock(
        "ACCESS EXCLUSIVE on the table and all its partitions, for an instant: reads and writes wait "
        "(CONCURRENTLY is not possible here)",
        SHORT,
    ),
    StepKind.REINDEX: Lock(
        f"SHARE UPDATE EXCLUSIVE on the table while it is rebuilt beside the old one: {NOBODY}; it waits for every "
        "transaction that is older, and cannot run in a transaction",
        PATIENT,
    ),
    StepKind.CREATE_STATISTICS: Lock(f"SHARE UPDATE EXCLUSIVE on the table, for an instant: {NOBODY}", PATIENT),
    StepKind.ANALYZE: Lock(f"SHARE UPDATE EXCLUSIVE on the table while a sample is read: {NOBODY}", PATIENT),
    StepKind.VACUUM: Lock(
        f"SHARE UPDATE EXCLUSIVE on the table while it is read: {NOBODY}; it cannot run in a transaction", PATIENT
    ),
    StepKind.SET_OPTIONS: Lock(f"SHARE UPDATE EXCLUSIVE on the table, for an instant: {NOBODY}", PATIENT),
}
