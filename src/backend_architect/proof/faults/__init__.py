"""What fails around a backend while it works, one fault a file; the numbers F01 to F15 are those of docs/proof.md."""

from backend_architect.proof.faults import (
    app_killed,
    app_stopped,
    clock_skew,
    connections_killed,
    database_stopped,
    deadlock,
    job_lost,
    poison_job,
    slow_clients,
    slow_statement,
    table_locked,
    worker_killed,
)
from backend_architect.proof.probe import Probe

PROBES: tuple[Probe, ...] = (
    app_killed.PROBE,
    app_stopped.PROBE,
    database_stopped.PROBE,
    connections_killed.PROBE,
    table_locked.PROBE,
    slow_statement.PROBE,
    deadlock.PROBE,
    worker_killed.PROBE,
    poison_job.PROBE,
    job_lost.PROBE,
    slow_clients.PROBE,
    clock_skew.PROBE,
)
