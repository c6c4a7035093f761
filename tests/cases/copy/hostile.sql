CREATE SCHEMA "Sales ""Q""";
CREATE SCHEMA "select";
CREATE SCHEMA крамница;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION hstore SCHEMA "select";
CREATE TYPE "Sales ""Q"""."State" AS ENUM ('new', 'it''s done', 'späť');
CREATE TYPE "select".pair AS (a integer, "B" text);
CREATE DOMAIN крамница.email AS text NOT NULL CHECK (VALUE LIKE '%@%');
CREATE TYPE "select".span AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
CREATE COLLATION "select"."By bytes" (LOCALE = 'C');
CREATE FUNCTION "select"."Half"(x integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 / 2';
CREATE FUNCTION public.slug(t text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $f$ BEGIN RETURN lower(t); END $f$;
CREATE TABLE "Sales ""Q"""."Order" (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "State" "Sales ""Q"""."State" NOT NULL DEFAULT 'new',
    "user" integer NOT NULL, "Größe" numeric(10, 2), at timestamptz NOT NULL DEFAULT now(), tags text[], span "select".span,
    note text COLLATE "select"."By bytes", twice numeric GENERATED ALWAYS AS ("Größe" * 2) STORED,
    CONSTRAINT "CHECK" CHECK ("Größe" > 0)
) WITH (fillfactor = 80);
CREATE TABLE "select"."user" (id serial PRIMARY KEY, "from" крамница.email, bag "select".hstore, "order" "select".pair,
    UNIQUE ("from"), EXCLUDE USING gist (int4range(id, id + 1) WITH &&));
ALTER TABLE "Sales ""Q"""."Order" ADD FOREIGN KEY ("user") REFERENCES "select"."user" (id) ON DELETE CASCADE;
CREATE INDEX "Index; DROP" ON "Sales ""Q"""."Order" ("select"."Half"("user"), "State" DESC NULLS LAST) WHERE "State" <> 'it''s done';
CREATE INDEX по_времени ON "Sales ""Q"""."Order" USING brin (at);
CREATE INDEX trgm ON "select"."user" USING gin ((lower("from"::text)) public.gin_trgm_ops);
CREATE INDEX slugs ON "select"."user" (public.slug("from"::text));
CREATE TABLE крамница.events (id bigint NOT NULL, at date NOT NULL, kind text NOT NULL, PRIMARY KEY (id, at, kind)) PARTITION BY RANGE (at);
CREATE TABLE крамница."events 2025" PARTITION OF крамница.events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE крамница."events 2026" PARTITION OF крамница.events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (kind);
CREATE TABLE крамница.e26a PARTITION OF крамница."events 2026" FOR VALUES IN ('a', 'б');
CREATE TABLE крамница.e26rest PARTITION OF крамница."events 2026" DEFAULT;
CREATE INDEX "By Kind" ON крамница.events (kind, at);
CREATE TABLE public.base (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE public.child (extra integer, CHECK (extra > 0)) INHERITS (public.base);
CREATE UNLOGGED TABLE public.fast (a integer, b integer);
CREATE INDEX ON public.fast (b, a);
CREATE TEMPORARY TABLE gone (a integer);
CREATE STATISTICS "select"."Stats" (ndistinct, dependencies) ON a, b FROM public.fast;
CREATE VIEW "select"."View" AS SELECT o.id, u."from" FROM "Sales ""Q"""."Order" o JOIN "select"."user" u ON u.id = o."user";
CREATE VIEW public.second AS SELECT * FROM "select"."View" WHERE id > 5;
CREATE MATERIALIZED VIEW public.counts AS SELECT "user", count(*) AS n FROM "Sales ""Q"""."Order" GROUP BY 1;
CREATE UNIQUE INDEX counts_user ON public.counts ("user");
CREATE FUNCTION public.of_view(v public.second) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT $1.id';
CREATE TEXT SEARCH CONFIGURATION public."My English" (COPY = pg_catalog.english);
CREATE INDEX words ON public.base USING gin (to_tsvector('public."My English"', name));
ALTER TABLE public.base ENABLE ROW LEVEL SECURITY;
INSERT INTO "select"."user" ("from", bag, "order") SELECT 'u' || n || '@Example.com', 'a=>1', ROW(n, 'b')::"select".pair FROM generate_series(1, 2000) n;
INSERT INTO "Sales ""Q"""."Order" ("State", "user", "Größe", at, tags, span, note)
SELECT CASE WHEN n % 20 = 0 THEN 'new' WHEN n % 3 = 0 THEN 'späť' ELSE 'it''s done' END::"Sales ""Q"""."State", 1 + n % 2000, 1 + n % 500,
    timestamptz '2026-01-01' + n * interval '1 hour', ARRAY['t' || n % 7], "select".span(n, n + 1), 'note ' || n % 100 FROM generate_series(1, 20000) n;
INSERT INTO крамница.events SELECT n, date '2025-01-01' + n % 700, chr(97 + n % 5) FROM generate_series(1, 20000) n;
INSERT INTO public.base SELECT n, 'name ' || n FROM generate_series(1, 1000) n;
INSERT INTO public.child SELECT n, 'child ' || n, n FROM generate_series(1001, 3000) n;
INSERT INTO public.fast SELECT n % 100, n % 1000 FROM generate_series(1, 10000) n;
REFRESH MATERIALIZED VIEW public.counts
