"""Writes what PostgreSQL's catalog says of the types that a design may use, from the embedded server.

Rules take their types from this file, so that `architect check` needs no server: `make docs` writes it anew, and a test
compares what is derived from it with what PostgreSQL itself says.
"""

import json
import sys
import tempfile
from pathlib import Path
from typing import Any

from backend_architect.postgres import Session, start_embedded

TARGET = Path(__file__).parents[1] / "src/backend_architect/design/postgres_types.json"
TYPES = (
    "boolean",
    "integer",
    "bigint",
    "numeric",
    "double precision",
    "text",
    "date",
    "timestamp without time zone",
    "timestamp with time zone",
    "interval",
    "uuid",
    "jsonb",
    "anyarray",
)
OPERATORS = ("=", "<>", "<", "<=", ">", ">=", "+", "-", "*", "/", "~~", "~~*")
FUNCTIONS = ("abs", "lower", "upper", "length", "count", "sum", "min", "max", "avg")

CATALOG = """
SELECT json_build_object(
    'types', (SELECT json_object_agg(format_type(oid, NULL), json_build_array(typcategory, typispreferred))
              FROM pg_type WHERE format_type(oid, NULL) = ANY($1::text[])),
    'casts', (SELECT json_agg(json_build_array(s, t, castcontext) ORDER BY s, t)
              FROM pg_cast, format_type(castsource, NULL) AS s, format_type(casttarget, NULL) AS t
              WHERE castcontext IN ('i', 'a') AND s <> t AND s = ANY($1::text[]) AND t = ANY($1::text[])),
    'operators', (SELECT json_agg(json_build_array(oprname, l, r, x) ORDER BY oprname, l, r)
                  FROM pg_operator, coalesce(nullif(format_type(oprleft, NULL), '-'), '') AS l,
                      format_type(oprright, NULL) AS r, format_type(oprresult, NULL) AS x
                  WHERE oprname = ANY($2::text[]) AND (oprleft = 0 OR l = ANY($1::text[]))
                  AND r = ANY($1::text[]) AND x = ANY($1::text[]) AND (x = 'boolean' OR 'jsonb' NOT IN (l, r))),
    'functions', (SELECT json_agg(json_build_array(proname, a, format_type(prorettype, NULL)) ORDER BY proname, a)
                  FROM pg_proc, LATERAL (SELECT coalesce(string_agg(format_type(t, NULL), ','), '') AS a
                                         FROM unnest(proargtypes) AS t)
                  WHERE proname = ANY($3::text[]) AND pronamespace = 'pg_catalog'::regnamespace AND pronargs = 1
                  AND (a = ANY($1::text[]) OR a = '"any"') AND format_type(prorettype, NULL) = ANY($1::text[])))::text
"""


def read_catalog(session: Session) -> dict[str, Any]:
    """Return types with category and preference, casts, operators and functions, as the server has them."""
    found = json.loads(str(session.value(CATALOG, list(TYPES), list(OPERATORS), list(FUNCTIONS))))
    found["types"] = {name: found["types"][name] for name in TYPES}
    return dict(found)


def as_text(catalog: dict[str, Any]) -> str:
    """Return the catalog as JSON with one entry a line."""
    parts = []
    for name, entries in catalog.items():
        pairs = entries.items() if isinstance(entries, dict) else ((None, entry) for entry in entries)
        lines = [f"{json.dumps(key)}: {json.dumps(value)}" if key else json.dumps(value) for key, value in pairs]
        opening, closing = "{}" if isinstance(entries, dict) else "[]"
        parts.append(f'"{name}": {opening}\n  ' + ",\n  ".join(lines) + f"\n {closing}")
    return "{\n " + ",\n ".join(parts) + "\n}\n"


def main() -> int:
    """Write the file."""
    with (
        tempfile.TemporaryDirectory() as place,
        start_embedded(Path(place) / "data") as server,
        Session(server.url()) as session,
    ):
        TARGET.write_text(as_text(read_catalog(session)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
