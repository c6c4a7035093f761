-- The roles of the database, made once, on an empty volume of compose.yaml; elsewhere with passwords of your own, by psql.
-- The migrations run as the owner. The application signs in as app, which owns nothing and has the rights that
-- app/core/database_role.py gives it. Nobody signs in as the superuser.
CREATE ROLE owner LOGIN PASSWORD 'owner';
CREATE ROLE app LOGIN PASSWORD 'app';
ALTER DATABASE app OWNER TO owner;
REVOKE ALL ON DATABASE app FROM PUBLIC;
GRANT CONNECT ON DATABASE app TO app;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
