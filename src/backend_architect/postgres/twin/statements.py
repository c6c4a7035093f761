"""The statements that read what the planner knows. Each takes the schema's name."""

TABLES = """
SELECT c.relname AS name, greatest(c.reltuples, 0)::float8 AS analyzed_rows, c.relpages AS analyzed_pages,
       coalesce(pg_relation_size(c.oid) / current_setting('block_size')::int8, 0) AS pages,
       c.relallvisible AS visible_pages,
       coalesce((SELECT sum(CASE WHEN a.attlen > 0 THEN a.attlen ELSE 32 END)::int FROM pg_attribute a
                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped), 0) AS default_width
FROM pg_class c
WHERE c.relnamespace = to_regnamespace(quote_ident($1)) AND c.relkind IN ('r', 'm', 'p') AND c.relpersistence <> 't'
ORDER BY c.relname
"""

COLUMNS = """
SELECT s.tablename AS owner, s.attname, format_type(a.atttypid, NULL) AS type, a.attlen AS length,
       CASE a.attalign WHEN 'c' THEN 1 WHEN 's' THEN 2 WHEN 'i' THEN 4 ELSE 8 END AS align,
       s.inherited, s.null_frac::float8 AS null_frac, s.avg_width, s.n_distinct::float8 AS n_distinct,
       s.most_common_vals::text AS most_common_vals, s.most_common_freqs::float8[] AS most_common_freqs,
       s.histogram_bounds::text AS histogram_bounds, s.correlation::float8 AS correlation,
       s.most_common_elems::text AS most_common_elems, s.most_common_elem_freqs::float8[] AS most_common_elem_freqs,
       s.elem_count_histogram::float8[] AS elem_count_histogram,
       s.range_length_histogram::text AS range_length_histogram,
       s.range_empty_frac::float8 AS range_empty_frac, s.range_bounds_histogram::text AS range_bounds_histogram
FROM pg_stats s
JOIN pg_class c ON c.relnamespace = to_regnamespace(quote_ident(s.schemaname)) AND c.relname = s.tablename
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname
WHERE s.schemaname = $1
ORDER BY s.tablename, a.attnum, s.inherited
"""

INDEXES = """
SELECT t.relname AS owner, c.relname AS name, m.amname AS method,
       greatest(c.reltuples, 0)::float8 AS rows,
       coalesce(pg_relation_size(c.oid) / current_setting('block_size')::int8, 0) AS pages,
       coalesce(pg_get_expr(x.indpred, x.indrelid), '') AS predicate,
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
JOIN pg_am m ON m.oid = c.relam
WHERE t.relnamespace = to_regnamespace(quote_ident($1)) AND x.indisvalid AND t.relpersistence <> 't'
  AND t.relkind IN ('r', 'm', 'p')
ORDER BY c.relname
"""

HEIGHT = "SELECT fastlevel FROM bt_metap($1)"
GIN = """
SELECT n_total_pages AS total, n_entry_pages AS entry, n_data_pages AS data, n_entries AS entries
FROM gin_metapage_info(get_raw_page($1, 0))
"""

ORDERED = """
SELECT DISTINCT t.relname AS owner, a.attname AS column
FROM pg_index x JOIN pg_class c ON c.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
JOIN pg_am m ON m.oid = c.relam AND m.amname = 'btree' JOIN pg_opclass o ON o.oid = x.indclass[0] AND o.opcdefault
JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = x.indkey[0] AND a.attcollation = x.indcollation[0]
WHERE t.relnamespace = to_regnamespace(quote_ident($1)) AND x.indisvalid AND x.indpred IS NULL
  AND t.relkind IN ('r', 'm')
"""

REFERENCES = """
SELECT t.relname AS table, a.attname AS column, p.relname AS parent
FROM pg_constraint k JOIN pg_class t ON t.oid = k.conrelid JOIN pg_class p ON p.oid = k.confrelid
CROSS JOIN unnest(k.conkey) number JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = number
WHERE k.contype = 'f' AND t.relnamespace = to_regnamespace(quote_ident($1)) AND p.relnamespace = t.relnamespace
ORDER BY cardinality(k.conkey) DESC, k.conname
"""
