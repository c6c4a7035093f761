-- quotes, spaces, keywords and letters of other scripts in every name
CREATE SCHEMA "My Schema";
CREATE SCHEMA "select";
CREATE TABLE "My Schema"."Or""ders" ("Id" int PRIMARY KEY, "user" text, "group by" int, "naïve 名" text, "a;b--c" int, "%s {0}" date DEFAULT '2026-01-01', "$1" int);
CREATE TABLE "select"."from" ("where" int PRIMARY KEY, "order" int REFERENCES "My Schema"."Or""ders", "limit" text COLLATE "C");
CREATE TABLE "table" ("column" int, "primary" int, "CamelCase" text, UNIQUE ("column", "primary"));
CREATE TABLE "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" ("yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy" int);
CREATE INDEX "In dex" ON "My Schema"."Or""ders" ("group by", lower("naïve 名")) WHERE "user" <> 'it''s';
CREATE INDEX "IN""DEX" ON "select"."from" ("limit" text_pattern_ops DESC NULLS LAST);
CREATE FUNCTION "select"."up ""q"(text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT upper($1) $$;
CREATE INDEX "of function" ON "table" ("select"."up ""q"("CamelCase"));
CREATE VIEW "A View" AS SELECT "Id" AS "the id", "user" FROM "My Schema"."Or""ders";
INSERT INTO "My Schema"."Or""ders" ("Id", "user", "group by", "naïve 名", "a;b--c") SELECT i, 'u' || i % 90, i % 30, 'Ünï' || i, i % 40 FROM generate_series(1, 3000) i;
INSERT INTO "select"."from" SELECT i, i, 'l' || i FROM generate_series(1, 3000) i;
INSERT INTO "table" SELECT i, i, 'Camel' || i FROM generate_series(1, 3000) i;
INSERT INTO "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" SELECT i FROM generate_series(1, 3000) i;

-- workload
SELECT * FROM "My Schema"."Or""ders" WHERE "a;b--c" = $1 AND "user" = $2 ORDER BY "%s {0}" DESC LIMIT 3;
SELECT o."user" FROM "select"."from" f JOIN "My Schema"."Or""ders" o ON o."Id" = f."order" WHERE f."limit" LIKE 'l7%' AND o."naïve 名" = 'Ünï7';
SELECT "the id" FROM "A View" WHERE "user" = 'u3';
SELECT count(*) FROM "table" WHERE "select"."up ""q"("CamelCase") = $1 AND "primary" > 3;
UPDATE "table" SET "CamelCase" = $1 WHERE "column" = $2;
SELECT "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy" FROM "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" WHERE "yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy" = 7;
