"""The statements that read a catalog. Each works on PostgreSQL 13 and later; `{...}` is filled by the version."""

SYSTEM = "('pg_catalog', 'information_schema', 'pg_toast')"

DATABASE = """
SELECT current_database() AS name, pg_is_in_recovery() AS standby, pg_database_size(current_database()) AS bytes,
       age(d.datfrozenxid)::int8 AS frozen_age, mxid_age(d.datminmxid)::int8 AS multixact_age,
       extract(epoch FROM now() - s.stats_reset)::float8 AS counted,
       extract(epoch FROM now() - coalesce(s.stats_reset, (SELECT stats_reset FROM pg_stat_bgwriter)))::float8
         AS counted_at_most,
       extract(epoch FROM now() - coalesce(s.stats_reset, (SELECT min(least({seen})) FROM pg_stat_all_tables t
         JOIN pg_class c ON c.oid = t.relid AND NOT c.relisshared)))::float8 AS counted_at_least
FROM pg_database d LEFT JOIN pg_stat_database s ON s.datid = d.oid
WHERE d.datname = current_database()
"""
# Since 15 a database has no time of its first reset: then it counts since the oldest of these, or longer, but no longer
# than the server's own processes, which have one from the beginning, or from the crash after which all began anew.
OLDEST_SEEN = {
    16: "last_vacuum, last_autovacuum, last_analyze, last_autoanalyze, last_seq_scan, last_idx_scan",
    13: "last_vacuum, last_autovacuum, last_analyze, last_autoanalyze",
}

ACTIVITY = """
SELECT xact_commit AS commits, temp_files AS temporary_files, temp_bytes AS temporary_bytes, deadlocks,
       {sessions} AS sessions, {session_seconds} AS session_seconds, {idle} AS idle_in_transaction_seconds
FROM pg_stat_database WHERE datname = current_database()
"""
SESSIONS_COUNTED = {
    14: {"sessions": "sessions", "session_seconds": "session_time / 1000", "idle": "idle_in_transaction_time / 1000"},
    13: {"sessions": "NULL::int8", "session_seconds": "NULL::float8", "idle": "NULL::float8"},
}

SERVER = """
SELECT count(*) FILTER (WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()) AS connections,
       count(*) FILTER (WHERE backend_type = 'autovacuum worker') AS vacuum_workers
FROM pg_stat_activity
"""

SETTINGS = "SELECT name, setting || coalesce(unit, '') AS value FROM pg_settings"

ROLE_SETTINGS = """
SELECT setting FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS setting
WHERE s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())
GROUP BY setting ORDER BY bool_or(s.setdatabase <> 0 AND s.setrole = 0) DESC, setting
"""

# The row as JSON, because only 18 has the column: a constraint that is not enforced cannot be validated either.
NOT_VALID = f"""
SELECT k.conname AS name, k.conrelid::int8 AS table, k.contype::text AS kind
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE NOT k.convalidated AND coalesce((to_jsonb(k) ->> 'conenforced')::boolean, true) AND k.conparentid = 0
  AND n.nspname NOT IN {SYSTEM}
ORDER BY k.conrelid, k.conname
"""

# Whoever holds a relation for himself, or waits to, is not waited for: its size is what the last vacuum saw.
HELD = """held AS MATERIALIZED (
  SELECT l.relation FROM pg_locks l
  WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.relation >= 16384
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
), busy AS MATERIALIZED (
  SELECT relation FROM held UNION SELECT indrelid FROM pg_index WHERE indexrelid IN (SELECT relation FROM held)
  UNION SELECT oid FROM pg_class WHERE reltoastrelid IN (SELECT relation FROM held)
)"""
IS_LOCKED = "{0}.oid IN (SELECT relation FROM busy)"
AS_SEEN = "c.relpages::int8 * current_setting('block_size')::int8"

TABLES = f"""
WITH {HELD}
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
       c.relpersistence = 't' AS temporary, i.inhparent::int8 AS partition_of,
       c.reltuples::float8 AS rows, c.relpages AS pages,
       CASE WHEN c.relkind = 'p' THEN 0 WHEN {IS_LOCKED.format("c")} THEN {AS_SEEN}
            ELSE pg_relation_size(c.oid) END AS bytes,
       CASE WHEN c.relkind = 'p' THEN 0 WHEN {IS_LOCKED.format("c")} THEN {AS_SEEN}
            ELSE pg_total_relation_size(c.oid) END AS total_bytes, {IS_LOCKED.format("c")} AS held,
       coalesce(c.reloptions, '{{}}') AS options,
       has_table_privilege(c.oid, 'SELECT') AND NOT row_security_active(c.oid) AS readable,
       coalesce(s.seq_scan, 0) AS scans, coalesce(s.seq_tup_read, 0) AS rows_scanned,
       coalesce(s.idx_scan, 0) AS index_scans, coalesce(s.n_tup_ins, 0) AS inserted,
       coalesce(s.n_tup_upd, 0) AS updated, coalesce(s.n_tup_del, 0) AS deleted,
       coalesce(s.n_tup_hot_upd, 0) AS updated_in_place, coalesce(s.n_live_tup, 0) AS live,
       coalesce(s.n_dead_tup, 0) AS dead, coalesce(s.n_mod_since_analyze, 0) AS changed_since_analyze,
       extract(epoch FROM now() - greatest(s.last_analyze, s.last_autoanalyze))::float8 AS last_analyzed,
       extract(epoch FROM now() - greatest(s.last_vacuum, s.last_autovacuum))::float8 AS last_vacuumed,
       CASE WHEN c.relfrozenxid = '0' THEN 0 ELSE age(c.relfrozenxid) END::int8 AS frozen_age,
       CASE WHEN c.relminmxid = '0' THEN 0 ELSE mxid_age(c.relminmxid) END::int8 AS multixact_age,
       CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) ELSE '' END AS partition_key,
       CASE WHEN c.relispartition AND NOT {IS_LOCKED.format("c")}
            THEN coalesce(pg_get_expr(c.relpartbound, c.oid), '') ELSE '' END AS bound
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stat_all_tables s ON s.relid = c.oid
LEFT JOIN pg_inherits i ON i.inhrelid = c.oid AND c.relispartition
WHERE c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN {SYSTEM} AND n.nspname NOT LIKE 'pg_toast_temp%'
ORDER BY n.nspname, c.relname
"""

COLUMNS = f"""
SELECT a.attrelid::int8 AS table, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       a.attnotnull AS not_null, a.atthasdef OR a.attidentity <> '' AS has_default,
       s.n_distinct::float8 AS distinct, s.null_frac::float8 AS nulls,
       s.avg_width AS width, s.correlation::float8 AS correlation
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
  AND NOT s.inherited
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'm') AND n.nspname NOT IN {SYSTEM}
ORDER BY a.attrelid, a.attnum
"""

INDEXES = f"""
WITH {HELD}
SELECT x.indexrelid::int8 AS oid, x.indrelid::int8 AS table, n.nspname AS schema, c.relname AS name, m.amname AS method,
       CASE WHEN x.indpred IS NULL THEN ''
            WHEN {IS_LOCKED.format("t")} THEN 'unknown'
            ELSE pg_get_expr(x.indpred, x.indrelid) END AS predicate,
       x.indisunique AS unique, x.indisexclusion AS exclusion, x.indisprimary AS primary, x.indisvalid AS valid,
       x.indisready AS ready,
       coalesce((SELECT k.conname FROM pg_constraint k WHERE k.conrelid = x.indrelid AND k.conindid = x.indexrelid
                   AND k.contype IN ('p', 'u', 'x') ORDER BY k.contype LIMIT 1), '') AS constraint,
       x.indisreplident AS replica_identity, i.inhparent::int8 AS parent,
       CASE WHEN {IS_LOCKED.format("t")} THEN '' ELSE pg_get_indexdef(x.indexrelid) END AS definition,
       CASE WHEN c.relkind = 'I' THEN 0 WHEN {IS_LOCKED.format("t")} THEN {AS_SEEN}
            ELSE pg_relation_size(c.oid) END AS bytes, c.relpages AS pages,
       c.reltuples::float8 AS rows,
       coalesce((SELECT split_part(o, '=', 2)::int FROM unnest(c.reloptions) o WHERE o LIKE 'fillfactor=%'), 90)
         AS fillfactor,
       coalesce(s.idx_scan, 0) AS scans, {{last_scan}} AS last_scan,
       x.indnkeyatts AS key_count, x.indoption::int2[] AS options, x.indkey::int2[] AS attributes,
       ARRAY(SELECT coalesce(a.attname::text, '') FROM unnest(x.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
             LEFT JOIN pg_attribute a ON a.attrelid = x.indrelid AND a.attnum = k.attnum AND k.attnum > 0
             ORDER BY k.place) AS columns,
       ARRAY(SELECT CASE WHEN x.indkey[p - 1] <> 0 THEN '' WHEN {IS_LOCKED.format("t")} THEN 'unknown'
                         ELSE pg_get_indexdef(x.indexrelid, p, true) END
             FROM generate_series(1, x.indnkeyatts) AS p ORDER BY p) AS expressions,
       ARRAY(SELECT CASE WHEN o.opcdefault THEN '' ELSE o.opcname::text END
             FROM unnest(x.indclass::oid[]) WITH ORDINALITY AS k (class, place)
             JOIN pg_opclass o ON o.oid = k.class ORDER BY k.place) AS opclasses,
       ARRAY(SELECT CASE WHEN k.coll = 0 OR k.coll = 'pg_catalog."default"'::regcollation::oid THEN ''
                         ELSE k.coll::regcollation::text END
             FROM unnest(x.indcollation::oid[]) WITH ORDINALITY AS k (coll, place) ORDER BY k.place) AS collations
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m ON m.oid = c.relam
LEFT JOIN pg_stat_all_indexes s ON s.indexrelid = x.indexrelid
LEFT JOIN pg_inherits i ON i.inhrelid = x.indexrelid
WHERE n.nspname NOT IN {SYSTEM} AND t.relkind IN ('r', 'p', 'm')
ORDER BY n.nspname, c.relname
"""

FOREIGN_KEYS = f"""
SELECT k.conname AS name, k.conrelid::int8 AS table, k.confrelid::int8 AS target,
       k.confdeltype::text AS on_delete,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.place) AS columns,
       ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u (attnum, place)
             JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.attnum ORDER BY u.place) AS target_columns
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND n.nspname NOT IN {SYSTEM}
ORDER BY k.conrelid, k.conname
"""

PRIMARY_KEYS = """
SELECT k.conrelid::int8 AS table,
       ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u (attnum, place)
             JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.attnum ORDER BY u.place) AS columns
FROM pg_constraint k WHERE k.contype = 'p' AND k.conrelid >= 16384
"""

POLICIES = f"""
WITH {HELD}
SELECT p.polname AS name, p.polrelid::int8 AS table, p.polcmd::text AS command, p.polpermissive AS permissive,
       ARRAY(SELECT r.rolname::text FROM pg_roles r JOIN unnest(p.polroles) own ON own <> 0
             WHERE pg_has_role(r.oid, own, 'USAGE') AND NOT r.rolsuper ORDER BY 1) AS roles,
       CASE WHEN {IS_LOCKED.format("c")} THEN '' ELSE coalesce(pg_get_expr(p.polqual, p.polrelid), '') END AS condition,
       pg_get_userbyid(c.relowner)::text AS owner, c.relforcerowsecurity AS forced
FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid WHERE c.relrowsecurity AND p.polcmd <> 'a'
ORDER BY p.polrelid, p.polname
"""
UNBOUND = "SELECT rolname::text AS name FROM pg_roles WHERE rolsuper OR rolbypassrls ORDER BY 1"

SEQUENCES = f"""
SELECT format('%I.%I', s.schemaname, s.sequencename) AS name, s.last_value AS last, s.cycle AS cycles,
       least(s.max_value, CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
                          ELSE 9223372036854775807 END) AS "limit",
       CASE WHEN a.attname IS NULL THEN '' ELSE format('%s.%I', d.refobjid::regclass, a.attname) END AS column
FROM pg_sequences s
JOIN pg_class c ON c.relname = s.sequencename AND c.relkind = 'S'
JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = s.schemaname
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')
  AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
LEFT JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE s.increment_by > 0 AND s.schemaname NOT IN {SYSTEM}
ORDER BY 1
"""

SESSIONS = """
SELECT pid, coalesce(usename::text, '') AS "user", coalesce(application_name, '') AS application,
       coalesce(state, '') AS state,
       coalesce(extract(epoch FROM now() - state_change), 0)::float8 AS seconds_in_state,
       coalesce(extract(epoch FROM now() - xact_start), 0)::float8 AS seconds_in_transaction,
       coalesce(wait_event_type || ': ' || wait_event, '') AS wait, pg_blocking_pids(pid) AS waits_for,
       coalesce(left(query, 2000), '') AS query
FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()
  AND datname = current_database()
ORDER BY pid
"""

# A requested checkpoint came because of the log's amount or because somebody asked for one: the amount tells which.
CHECKPOINTS = {
    17: """SELECT c.num_timed AS timed, c.num_requested AS requested, w.wal_bytes::float8 AS log_bytes,
                  extract(epoch FROM now() - w.stats_reset)::float8 AS log_seconds
           FROM pg_stat_checkpointer c CROSS JOIN pg_stat_wal w""",
    14: """SELECT c.checkpoints_timed AS timed, c.checkpoints_req AS requested, w.wal_bytes::float8 AS log_bytes,
                  extract(epoch FROM now() - w.stats_reset)::float8 AS log_seconds
           FROM pg_stat_bgwriter c CROSS JOIN pg_stat_wal w""",
    13: """SELECT checkpoints_timed AS timed, checkpoints_req AS requested, NULL::float8 AS log_bytes,
                  NULL::float8 AS log_seconds FROM pg_stat_bgwriter""",
}
