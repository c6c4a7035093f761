"""A database watched for some minutes: two readings of pg_stat_statements, and what sessions wait for meanwhile."""

from backend_architect.tune.watching.watch import Progress, Watched, watch

__all__ = ["Progress", "Watched", "watch"]
