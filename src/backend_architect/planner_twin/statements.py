"""The statements that read what the planner knows, on PostgreSQL 13 and later. Each takes the schemas' names.

INDEXES take those of the tables too, and COLUMNS those of tables and indexes; NULL stands for all.

`{ranges}` is what the version tells of the columns of ranges.
"""

HELD = "{0}.oid = ANY (current_setting('architect.held', true)::oid[])"
"""Whether somebody holds a relation for himself, where that was noted."""
PAGES = f"""CASE WHEN {HELD.format("c")} THEN c.relpages
            ELSE coalesce(pg_relation_size(c.oid) / current_setting('block_size')::int8, 0) END"""

TABLES = f"""
SELECT n.nspname AS schema, c.relname AS name,
       greatest(c.reltuples, 0)::float8 AS analyzed_rows, c.relpages AS analyzed_pages,
       {PAGES} AS pages,
       c.relallvisible AS visible_pages,
       coalesce((SELECT sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END)::int FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), 0) AS default_width
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'm', 'p', 'f') AND c.relpersistence <> 't'
ORDER BY n.nspname, c.relname
"""

COLUMNS = """
SELECT s.schemaname AS schema, s.tablename AS owner,
       s.attname, format_type(a.atttypid, NULL) AS type, a.attlen AS length,
       CASE a.attalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'i' THEN 4 ELSE 8 END AS align,
       s.inherited, s.null_frac::float8 AS null_frac, s.avg_width, s.n_distinct::float8 AS n_distinct,
       s.most_common_vals::text AS most_common_vals, s.most_common_freqs::float8[] AS most_common_freqs,
       s.histogram_bounds::text AS histogram_bounds, s.correlation::float8 AS correlation,
       s.most_common_elems::text AS most_common_elems, s.most_common_elem_freqs::float8[] AS most_common_elem_freqs,
       s.elem_count_histogram::float8[] AS elem_count_histogram,
       {ranges}
FROM pg_stats s
JOIN pg_namespace n ON n.nspname = s.schemaname
JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename AND c.relpersistence <> 't'
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
WHERE s.schemaname = ANY ($1) AND ($2::text[] IS NULL OR s.tablename = ANY ($2))
ORDER BY s.schemaname, s.tablename, a.attnum, s.inherited
"""
RANGES = {
    13: """NULL::text AS range_length_histogram, NULL::float8 AS range_empty_frac,
       NULL::text AS range_bounds_histogram""",
    17: """s.range_length_histogram::text AS range_length_histogram,
       s.range_empty_frac::float8 AS range_empty_frac, s.range_bounds_histogram::text AS range_bounds_histogram""",
}

INDEXES = f"""
SELECT n.nspname AS schema, t.relname AS owner, c.relname AS name, m.amname AS method,
       greatest(c.reltuples, 0)::float8 AS rows,
       {PAGES} AS pages,
       CASE WHEN {HELD.format("t")} THEN '' ELSE coalesce(pg_get_expr(x.indpred, x.indrelid), '') END AS predicate,
       x.indisunique AS unique, x.indnkeyatts AS key_count,
       ARRAY(SELECT coalesce(own.attname, part.attname) FROM unnest(x.indkey::int2[]) WITH ORDINALITY k (number, place)
             JOIN pg_attribute part ON part.attrelid = c.oid AND part.attnum = k.place
             LEFT JOIN pg_attribute own ON own.attrelid = t.oid AND own.attnum = k.number AND k.number > 0
             ORDER BY k.place) AS columns,
       coalesce((SELECT split_part(o, '=', 2)::int FROM unnest(c.reloptions) o WHERE o LIKE 'fillfactor=%'), 90)
         AS fillfactor,
       coalesce(NOT 'deduplicate_items=off' = ANY (c.reloptions), true) AND NOT EXISTS (
         SELECT FROM pg_attribute part JOIN pg_type y ON y.oid = part.atttypid
         WHERE part.attrelid = c.oid
           AND (y.typname IN ('numeric', 'float4', 'float8', 'jsonb', 'interval') OR y.typcategory IN ('A', 'R', 'C'))
       ) AS deduplicates
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_am m ON m.oid = c.relam JOIN pg_namespace n ON n.oid = t.relnamespace
WHERE n.nspname = ANY ($1) AND x.indisvalid AND t.relpersistence <> 't' AND t.relkind IN ('r', 'm', 'p')
  AND ($2::text[] IS NULL OR t.relname = ANY ($2))
ORDER BY n.nspname, c.relname
"""

INSPECTION = """
SELECT quote_ident(n.nspname) FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace
WHERE e.extname = 'pageinspect' AND current_setting('is_superuser') = 'on'
"""
HEIGHTS = """
SELECT name, (SELECT fastlevel::int FROM {schema}.bt_metap(name)) AS height FROM unnest($1::text[]) name
"""
GINS = """
SELECT name, n_total_pages AS total, n_entry_pages AS entry, n_data_pages AS data, n_entries AS entries
FROM unnest($1::text[]) name, {schema}.gin_metapage_info({schema}.get_raw_page(name, 0))
"""

ORDERED = """
SELECT DISTINCT n.nspname AS schema, t.relname AS owner, a.attname AS column
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_namespace n ON n.oid = t.relnamespace
JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree' JOIN pg_opclass o ON o.oid = x.indclass[0] AND o.opcdefault
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] AND a.attcollation = x.indcollation[0]
WHERE n.nspname = ANY ($1) AND x.indisvalid AND x.indpred IS NULL AND t.relkind IN ('r', 'm')
  AND (t.oid = ANY (current_setting('architect.held', true)::oid[])) IS NOT TRUE
  AND has_schema_privilege(n.oid, 'USAGE') AND has_column_privilege(t.oid, a.attnum, 'SELECT')
ORDER BY 1, 2, 3
"""

UNSEEN = """
SELECT n.nspname AS schema, c.relname AS table, format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't'
  AND (NOT has_any_column_privilege(c.oid, 'SELECT') OR row_security_active(c.oid))
ORDER BY n.nspname, c.relname
"""

# Before 14 a table that was never analyzed counts 0 rows as an empty one does, and ANALYZE counts none of those that
# are partitioned.
NEVER_ANALYZED = f"""
SELECT n.nspname AS schema, c.relname AS table, format('%I.%I', n.nspname, c.relname) AS name
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = ANY ($1) AND c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't'
  AND (c.reltuples < 0 OR (c.reltuples = 0 AND c.relpages = 0 AND current_setting('server_version_num')::int < 140000
                           AND c.relkind <> 'p' AND {PAGES} > 0))
ORDER BY n.nspname, c.relname
"""

REFERENCES = """
SELECT n.nspname AS schema, t.relname AS table, a.attname AS column, pn.nspname AS parent_schema, p.relname AS parent
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_namespace pn ON pn.oid = p.relnamespace
CROSS JOIN unnest(k.conkey) number JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = number
WHERE k.contype = 'f' AND n.nspname = ANY ($1)
ORDER BY cardinality(k.conkey) DESC, n.nspname, t.relname, k.conname
"""
