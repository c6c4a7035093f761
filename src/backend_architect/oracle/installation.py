"""The SQL that makes the oracle's schema over the tables of a built database."""

from backend_architect.design.model import Design, Entity, Row
from backend_architect.oracle.functions import functions_sql
from backend_architect.oracle.scopes import SCHEMA, here, quoted

CALLER = f"""\
CREATE FUNCTION {SCHEMA}.me() RETURNS uuid LANGUAGE sql STABLE
    AS $$ SELECT nullif(current_setting('oracle.me', true), '')::uuid $$;
CREATE FUNCTION {SCHEMA}.signed_in() RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT {SCHEMA}.me() IS NOT NULL $$;
CREATE FUNCTION {SCHEMA}.holds(role text) RETURNS boolean LANGUAGE sql STABLE
    AS $$ SELECT role = ANY (coalesce(nullif(current_setting('oracle.roles', true), ''), '{{}}')::text[]) $$;
CREATE FUNCTION {SCHEMA}.become(me uuid, roles text[]) RETURNS void LANGUAGE sql
    AS $$ SELECT set_config('oracle.me', coalesce(me::text, ''), true),
        set_config('oracle.roles', roles::text, true) $$;
CREATE FUNCTION {SCHEMA}.answer(me uuid, roles text[], question text, subject jsonb) RETURNS jsonb LANGUAGE plpgsql
    AS $$ DECLARE found jsonb; BEGIN
        PERFORM {SCHEMA}.become(me, roles);
        EXECUTE question INTO found USING subject;
        RETURN found;
    END $$;
CREATE FUNCTION {SCHEMA}.define(name text, kind text, trial text, body text) RETURNS void LANGUAGE plpgsql
    AS $$ DECLARE found text; BEGIN
        EXECUTE 'CREATE VIEW {SCHEMA}."~trial" AS ' || trial;
        SELECT format_type(atttypid, NULL) INTO found FROM pg_attribute
            WHERE attrelid = '{SCHEMA}."~trial"'::regclass AND attname = 'value';
        DROP VIEW {SCHEMA}."~trial";
        EXECUTE format('CREATE FUNCTION {SCHEMA}.%I({SCHEMA}.%I) RETURNS %s LANGUAGE sql STABLE AS %L',
            name, kind, found, body);
    END $$;"""


def oracle_sql(design: Design, *, tables: str = "public") -> str:
    """Return the SQL that makes the schema `oracle` anew, over the design's tables in the schema `tables`.

    Each entity and edge is a view under its plural whose columns have the design's own names: `author`, where the
    table has `author_id`. Kept counts are not among them: a count counts. Who asks is the settings `oracle.me` and
    `oracle.roles`, which `oracle.become(me, roles)` makes for a transaction.

    Raises:
        OracleError: a text is no rule, or names what does not exist.

    """
    views = (_view(row, tables) for row in design.rows_by_plural.values())
    parts = [
        f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE;",
        f"CREATE SCHEMA {SCHEMA};",
        CALLER,
        *views,
        "SET check_function_bodies = off;",
        *functions_sql(design),
        "RESET check_function_bodies;",
    ]
    return "\n".join(parts)


def _view(row: Row, tables: str) -> str:
    columns = [f"{quoted(item.column)} AS {quoted(item.name)}" for item in row.fields.values()]
    columns = ["id", *columns, "created_at", "updated_at"] if isinstance(row, Entity) else [*columns, "created_at"]
    return f"CREATE VIEW {here(row.plural)} AS SELECT {', '.join(columns)} FROM {quoted(tables)}.{quoted(row.table)};"
