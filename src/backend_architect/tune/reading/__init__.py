"""Where a workload comes from: pg_stat_statements, or files of SQL with weights."""
