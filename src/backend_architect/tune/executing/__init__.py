"""Advised indexes tried by execution: on rows generated in the shape of the statistics, on the embedded server."""

from backend_architect.tune.executing.verify import verify

__all__ = ["verify"]
