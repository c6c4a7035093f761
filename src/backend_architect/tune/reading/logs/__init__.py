"""A workload from a server's logs: slow statements and auto_explain's plans, as text, CSV or JSON, packed or not."""

from backend_architect.tune.reading.logs.collect import read_logs
from backend_architect.tune.reading.logs.kinds import LogKind, kind_of_log

__all__ = ["LogKind", "kind_of_log", "read_logs"]
