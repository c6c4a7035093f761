"""The statements that read a structure, for PostgreSQL 13 and later. Names come quoted, and always with their schema.

Each takes no parameter; `{...}` is filled by the version. What an extension made is the extension's.
"""

USER = "n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'"
OWN = "NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '{0}'::regclass AND d.objid = {1}.oid AND d.deptype = 'e')"
OWN_CLASS, OWN_TYPE, OWN_PROC = OWN.format("pg_class", "c"), OWN.format("pg_type", "t"), OWN.format("pg_proc", "p")

HELD = """
SELECT coalesce(array_agg(DISTINCT l.relation ORDER BY l.relation), '{}')::text FROM pg_locks l
WHERE l.locktype = 'relation' AND l.mode = 'AccessExclusiveLock' AND l.relation >= 16384
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
BUSY = "coalesce({0}.oid = ANY (current_setting('architect.held', true)::oid[]), false)"
"""Whether somebody holds a relation for himself: to ask for an expression on it would be to wait for him."""
C_BUSY = BUSY.format("c")
ON_C = "ARRAY[ARRAY[n.nspname::text, c.relname::text]]"
LOCKED_TABLES = f"""
SELECT 'table' AS kind, format('%I.%I', n.nspname, c.relname) AS name,
       'somebody holds it for himself: made without defaults, checks, views, and indexes but those of keys' AS reason
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm') AND {USER} AND {C_BUSY} ORDER BY 2
"""
READABLE = {
    "search_path": "''",
    "datestyle": "'ISO, YMD'",
    "intervalstyle": "'postgres'",
    "timezone": "'UTC'",
    "bytea_output": "'hex'",
    "extra_float_digits": "3",
}
"""What makes texts come so that another server reads them as they were meant."""

DATABASE = """
SELECT current_database() AS name, {provider} AS provider, coalesce({locale}, datcollate) AS collate,
       current_setting('architect.search_path') AS search_path, session_user::text AS "user"
FROM pg_database WHERE datname = current_database()
"""
LOCALE = {13: "NULL", 15: "daticulocale", 17: "datlocale"}
PROVIDER = {13: "'c'", 15: "datlocprovider::text"}

OF_PLANNER = """
((category LIKE 'Query Tuning%' AND name <> 'plan_cache_mode')
 OR name IN ('work_mem', 'hash_mem_multiplier', 'max_parallel_workers_per_gather', 'max_parallel_workers',
             'default_text_search_config', 'transform_null_equals'))
"""
SETTINGS = f"SELECT name, current_setting(name) AS value FROM pg_settings WHERE {OF_PLANNER} ORDER BY name"
PATHS = """
SELECT substr(one, length('search_path=') + 1) AS path
FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) one
WHERE (s.setdatabase = 0 OR s.setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database()))
  AND one LIKE 'search\\_path=%'
GROUP BY 1 ORDER BY bool_or(s.setdatabase <> 0 AND s.setrole = 0) DESC, 1
"""

SCHEMAS = f"""
SELECT n.nspname AS name, pg_get_userbyid(n.nspowner)::text AS owner FROM pg_namespace n WHERE {USER} ORDER BY 1
"""

EXTENSIONS = """
SELECT quote_ident(e.extname) AS name,
       format('CREATE EXTENSION IF NOT EXISTS %I SCHEMA %I CASCADE', e.extname, n.nspname) AS sql
FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql' ORDER BY e.oid
"""

COLLATIONS = """
SELECT DISTINCT format('%I.%I', n.nspname, o.collname) AS name
FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace
WHERE o.oid IN (SELECT attcollation FROM pg_attribute WHERE attcollation <> 0 UNION SELECT unnest(indcollation)
                FROM pg_index UNION SELECT typcollation FROM pg_type)
  AND (o.oid >= 16384 OR (o.collname NOT IN ('default', 'C', 'POSIX') AND o.oid > 12000))
ORDER BY 1
"""

ENUMS = f"""
SELECT t.oid::int8 AS oid, 'type' AS kind, format('%I.%I', n.nspname, t.typname) AS name,
       format('CREATE TYPE %I.%I AS ENUM (%s)', n.nspname, t.typname,
              (SELECT string_agg(quote_literal(e.enumlabel), ', ' ORDER BY e.enumsortorder)
               FROM pg_enum e WHERE e.enumtypid = t.oid)) AS sql
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'e' AND {USER} AND {OWN_TYPE} ORDER BY t.oid
"""

COMPOSITES = f"""
SELECT t.oid::int8 AS oid, 'type' AS kind, format('%I.%I', n.nspname, t.typname) AS name,
       format('CREATE TYPE %I.%I AS (%s)', n.nspname, t.typname,
              (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' ORDER BY attnum)
               FROM pg_attribute a WHERE a.attrelid = c.oid AND NOT a.attisdropped)) AS sql
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_class c ON c.oid = t.typrelid
WHERE c.relkind = 'c' AND {USER} AND {OWN_TYPE} ORDER BY t.oid
"""

DOMAINS = f"""
SELECT t.oid::int8 AS oid, 'domain' AS kind, format('%I.%I', n.nspname, t.typname) AS name,
       format('CREATE DOMAIN %I.%I AS %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod))
       || CASE WHEN t.typcollation IN (0, b.typcollation) THEN ''
               ELSE ' COLLATE ' || t.typcollation::regcollation::text END
       || coalesce(' DEFAULT ' || t.typdefault, '') || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
       || coalesce((SELECT string_agg(format(' CONSTRAINT %I %s', k.conname, pg_get_constraintdef(k.oid)), ''
                                      ORDER BY k.conname)
                    FROM pg_constraint k WHERE k.contypid = t.oid AND k.contype = 'c'), '') AS sql
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype
WHERE t.typtype = 'd' AND {USER} AND {OWN_TYPE} ORDER BY t.oid
"""

RANGES = f"""
SELECT t.oid::int8 AS oid, 'type' AS kind, format('%I.%I', n.nspname, t.typname) AS name,
       format('CREATE TYPE %I.%I AS RANGE (SUBTYPE = %s, SUBTYPE_OPCLASS = %I.%I', n.nspname, t.typname,
              format_type(r.rngsubtype, NULL), m.nspname, o.opcname)
       || CASE WHEN r.rngcollation IN (0, b.typcollation) THEN ''
               ELSE ', COLLATION = ' || r.rngcollation::regcollation::text END
       || {{multirange}} || ')' AS sql
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_range r ON r.rngtypid = t.oid
JOIN pg_type b ON b.oid = r.rngsubtype JOIN pg_opclass o ON o.oid = r.rngsubopc
JOIN pg_namespace m ON m.oid = o.opcnamespace
WHERE {USER} AND {OWN_TYPE} ORDER BY t.oid
"""
MULTIRANGE = {
    13: "''",
    14: """(SELECT format(', MULTIRANGE_TYPE_NAME = %I.%I', y.nspname, x.typname)
            FROM pg_type x JOIN pg_namespace y ON y.oid = x.typnamespace WHERE x.oid = r.rngmultitypid)""",
}

OTHER_TYPES = f"""
SELECT 'type' AS kind, format('%I.%I', n.nspname, t.typname) AS name, 'it is written in C' AS reason
FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND {USER} AND {OWN_TYPE} ORDER BY 2
"""

SEQUENCES = f"""
SELECT c.oid::int8 AS oid, 'sequence' AS kind, format('%I.%I', n.nspname, c.relname) AS name,
       format('CREATE SEQUENCE %I.%I AS %s', n.nspname, c.relname, format_type(q.seqtypid, NULL)) AS sql
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_sequence q ON q.seqrelid = c.oid
WHERE {USER} AND {OWN_CLASS} AND NOT EXISTS (
  SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'i')
ORDER BY c.oid
"""

FUNCTIONS = f"""
SELECT p.oid::int8 AS oid, 'function' AS kind, p.oid::regprocedure::text AS name, pg_get_functiondef(p.oid) AS sql
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p', 'w') AND l.lanname IN ('sql', 'plpgsql') AND {USER} AND {OWN_PROC}
  AND p.prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)
ORDER BY p.oid
"""

AGGREGATES = f"""
SELECT p.oid::int8 AS oid, 'aggregate' AS kind, p.oid::regprocedure::text AS name,
       format('CREATE AGGREGATE %I.%I (%s) (SFUNC = %s, STYPE = %s', n.nspname, p.proname,
              pg_get_function_identity_arguments(p.oid), g.aggtransfn::regproc, format_type(g.aggtranstype, NULL))
       || CASE WHEN g.aggfinalfn = 0 THEN '' ELSE ', FINALFUNC = ' || g.aggfinalfn::regproc END
       || coalesce(', INITCOND = ' || quote_literal(g.agginitval), '') || ')' AS sql
FROM pg_aggregate g JOIN pg_proc p ON p.oid = g.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE g.aggkind = 'n' AND {USER} AND {OWN_PROC} ORDER BY p.oid
"""

OTHER_FUNCTIONS = f"""
SELECT 'function' AS kind, p.oid::regprocedure::text AS name, 'it is written in ' || l.lanname AS reason
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace JOIN pg_language l ON l.oid = p.prolang
WHERE p.prokind IN ('f', 'p', 'w') AND l.lanname NOT IN ('sql', 'plpgsql') AND {USER} AND {OWN_PROC}
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'i')
UNION ALL
SELECT 'aggregate', p.oid::regprocedure::text, 'ordered-set aggregates are not made'
FROM pg_aggregate g JOIN pg_proc p ON p.oid = g.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE g.aggkind <> 'n' AND {USER} AND {OWN_PROC}
ORDER BY 2
"""

SEARCHES = f"""
SELECT g.oid::int8 AS oid, 'text search configuration' AS kind, format('%I.%I', n.nspname, g.cfgname) AS name,
       format('CREATE TEXT SEARCH CONFIGURATION %I.%I (PARSER = %I.%I)', n.nspname, g.cfgname, m.nspname, r.prsname)
       || coalesce((
         SELECT string_agg(format('; ALTER TEXT SEARCH CONFIGURATION %I.%I ADD MAPPING FOR %I WITH %s',
                                  n.nspname, g.cfgname, one.alias, one.dictionaries), '' ORDER BY one.alias)
         FROM (SELECT k.alias, string_agg(p.mapdict::regdictionary::text, ', ' ORDER BY p.mapseqno) AS dictionaries
               FROM pg_ts_config_map p JOIN ts_token_type(g.cfgparser) k ON k.tokid = p.maptokentype
               WHERE p.mapcfg = g.oid GROUP BY k.alias) one), '') AS sql,
       format('CREATE TEXT SEARCH CONFIGURATION %I.%I (COPY = pg_catalog.english)', n.nspname, g.cfgname) AS instead
FROM pg_ts_config g JOIN pg_namespace n ON n.oid = g.cfgnamespace JOIN pg_ts_parser r ON r.oid = g.cfgparser
JOIN pg_namespace m ON m.oid = r.prsnamespace
WHERE {USER} AND {OWN.format("pg_ts_config", "g")} ORDER BY g.oid
"""

TABLES = f"""
SELECT c.oid::int8 AS oid, n.nspname AS schema, c.relname AS name, c.relkind::text AS kind,
       coalesce(pg_get_partkeydef(c.oid), '') AS partitioned_by,
       ARRAY(SELECT format('%I.%I', pn.nspname, pc.relname)
             FROM pg_inherits i JOIN pg_class pc ON pc.oid = i.inhparent
             JOIN pg_namespace pn ON pn.oid = pc.relnamespace
             WHERE i.inhrelid = c.oid ORDER BY i.inhseqno) AS parents,
       CASE WHEN c.relispartition THEN coalesce(pg_get_expr(c.relpartbound, 0), '') ELSE '' END AS bound,
       c.relpersistence = 'u' AS unlogged,
       ARRAY(SELECT o FROM unnest(c.reloptions) o WHERE o ~ '^(fillfactor|parallel_workers|toast_tuple_target)=\\d+$'
             ORDER BY o) AS options
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't' AND {USER} AND {OWN_CLASS}
ORDER BY c.oid
"""

COLUMNS = f"""
SELECT a.attrelid::int8 AS owner, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type,
       format_type(a.atttypid, NULL) AS bare_type,
       CASE WHEN a.attcollation IN (0, t.typcollation) THEN '' ELSE a.attcollation::regcollation::text END AS collation,
       a.attnotnull AS not_null,
       CASE WHEN {C_BUSY} THEN '' ELSE coalesce(pg_get_expr(b.adbin, b.adrelid), '') END AS default,
       CASE WHEN {C_BUSY} THEN '' ELSE a.attgenerated::text END AS generated_as,
       a.attidentity::text AS identity, a.attislocal AS local
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef b ON b.adrelid = a.attrelid AND b.adnum = a.attnum
WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p', 'f', 'm') AND c.relpersistence <> 't'
  AND {USER} AND {OWN_CLASS}
ORDER BY a.attrelid, a.attnum
"""

VIEWS = f"""
SELECT CASE c.relkind WHEN 'v' THEN 'view' ELSE 'materialized view' END AS kind,
       n.nspname AS schema, c.relname AS table,
       format('CREATE %s %I.%I %s AS %s %s', CASE c.relkind WHEN 'v' THEN 'VIEW' ELSE 'MATERIALIZED VIEW' END,
              n.nspname, c.relname,
              CASE WHEN c.relkind = 'm' THEN 'WITH (autovacuum_enabled = off)'
                   WHEN c.reloptions IS NULL THEN '' ELSE format('WITH (%s)', array_to_string(c.reloptions, ', ')) END,
              rtrim(pg_get_viewdef(c.oid), ';'), CASE c.relkind WHEN 'm' THEN 'WITH NO DATA' ELSE '' END) AS sql
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('v', 'm') AND c.relpersistence <> 't' AND {USER} AND {OWN_CLASS} AND NOT {C_BUSY}
  AND NOT EXISTS (
    SELECT FROM pg_rewrite w JOIN pg_depend d ON d.classid = 'pg_rewrite'::regclass AND d.objid = w.oid
    WHERE w.ev_class = c.oid AND d.refobjid = ANY (current_setting('architect.held', true)::oid[]))
ORDER BY c.oid
"""

CONSTRAINTS = f"""
SELECT k.oid::int8 AS oid, CASE k.contype WHEN 'c' THEN 'check constraint' WHEN 'p' THEN 'primary key'
                                          WHEN 'u' THEN 'unique constraint' ELSE 'exclusion constraint' END AS kind,
       format('%I on %I.%I', k.conname, n.nspname, c.relname) AS name,
       format('ALTER TABLE %s %I.%I ADD CONSTRAINT %I %s', CASE k.contype WHEN 'c' THEN '' ELSE 'ONLY' END,
              n.nspname, c.relname, k.conname, pg_get_constraintdef(k.oid)) AS sql, {ON_C} AS tables
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE k.contype IN ('c', 'p', 'u', 'x') AND (k.contype <> 'c' OR k.conislocal) AND c.relpersistence <> 't'
  AND {USER} AND {OWN_CLASS} AND (k.contype IN ('p', 'u') OR NOT {C_BUSY})
ORDER BY k.contype <> 'c', k.oid
"""

INDEXES = f"""
SELECT i.oid::int8 AS oid, 'index' AS kind, format('%I.%I', n.nspname, i.relname) AS name,
       pg_get_indexdef(i.oid) AS sql, {ON_C} AS tables
FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE x.indisvalid AND c.relpersistence <> 't' AND c.relkind IN ('r', 'p', 'm') AND {USER} AND {OWN_CLASS}
  AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid AND k.contype IN ('p', 'u', 'x')
                  AND k.conrelid = c.oid)
  AND NOT {C_BUSY}
ORDER BY i.oid
"""

ATTACHED = f"""
SELECT i.oid::int8 AS oid, 'index of a partition' AS kind, format('%I.%I', n.nspname, i.relname) AS name,
       format('ALTER INDEX %I.%I ATTACH PARTITION %I.%I', pn.nspname, pi.relname, n.nspname, i.relname) AS sql,
       {ON_C} AS tables
FROM pg_inherits h JOIN pg_class i ON i.oid = h.inhrelid JOIN pg_class pi ON pi.oid = h.inhparent
JOIN pg_index x ON x.indexrelid = i.oid JOIN pg_class c ON c.oid = x.indrelid
JOIN pg_namespace n ON n.oid = i.relnamespace JOIN pg_namespace pn ON pn.oid = pi.relnamespace
WHERE pi.relkind = 'I' AND {USER} ORDER BY i.oid
"""

FOREIGN_KEYS = f"""
SELECT k.oid::int8 AS oid, 'foreign key' AS kind, format('%I on %I.%I', k.conname, n.nspname, c.relname) AS name,
       format('ALTER TABLE %I.%I ADD CONSTRAINT %I %s', n.nspname, c.relname, k.conname,
              pg_get_constraintdef(k.oid)) AS sql,
       {ON_C} || ARRAY[pn.nspname::text, p.relname::text] AS tables
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class p ON p.oid = k.confrelid JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE k.contype = 'f' AND k.conparentid = 0 AND c.relpersistence <> 't' AND {USER} AND {OWN_CLASS} ORDER BY k.oid
"""

STATISTICS = f"""
SELECT x.oid::int8 AS oid, 'statistics' AS kind, format('%I.%I', n.nspname, x.stxname) AS name,
       pg_get_statisticsobjdef(x.oid) AS sql, ARRAY[ARRAY[m.nspname::text, c.relname::text]] AS tables
FROM pg_statistic_ext x JOIN pg_class c ON c.oid = x.stxrelid
JOIN pg_namespace m ON m.oid = c.relnamespace JOIN pg_namespace n ON n.oid = x.stxnamespace
WHERE c.relpersistence <> 't' AND {USER} AND NOT {C_BUSY} ORDER BY x.oid
"""

RULES = f"""
SELECT r.oid::int8 AS oid, 'rule' AS kind, format('%I on %I.%I', r.rulename, n.nspname, c.relname) AS name,
       pg_get_ruledef(r.oid) AS sql, {ON_C} AS tables
FROM pg_rewrite r JOIN pg_class c ON c.oid = r.ev_class JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rulename <> '_RETURN' AND c.relpersistence <> 't' AND {USER} AND {OWN_CLASS} AND NOT {C_BUSY} ORDER BY r.oid
"""

SECURED = f"""
SELECT 'row security' AS kind, format('%I.%I', n.nspname, c.relname) AS name,
       'plans are those of a role that the policies do not bind' AS reason
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relrowsecurity AND {USER} ORDER BY 2
"""
