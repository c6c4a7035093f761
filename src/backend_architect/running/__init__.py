"""What runs beside the tool for a built project: its own commands as processes, and a provider to sign in with."""

from backend_architect.running.interpreter import python_for
from backend_architect.running.processes import end_group, run_to_end, stop
from backend_architect.running.server import (
    CONFIRM_ADDRESS,
    RunEnvironment,
    await_ready,
    environment_for,
    migrate,
    serving,
    working,
)

__all__ = [
    "CONFIRM_ADDRESS",
    "RunEnvironment",
    "await_ready",
    "end_group",
    "environment_for",
    "migrate",
    "python_for",
    "run_to_end",
    "serving",
    "stop",
    "working",
]
