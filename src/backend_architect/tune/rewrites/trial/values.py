"""SQL for made-up values: the n-th value of a type, the same in every column, so that joins find their rows."""

from collections.abc import Mapping

from pglast.parser import ParseError

from backend_architect.tune.rewrites.trees import type_of

EPOCH = "2026-01-31"
VALUES: Mapping[str, str] = {
    "int2": "{n}",
    "int4": "{n}",
    "int8": "{n}",
    "float4": "{n} / 4.0",
    "float8": "{n} / 4.0",
    "numeric": "{n}",
    "money": "{n}",
    "bool": "{n} % 2 = 0",
    "text": "chr(97 + {n} % 26) || {n}",
    "varchar": "chr(97 + {n} % 26) || {n}",
    "bpchar": "chr(97 + {n} % 26) || {n}",
    "name": "chr(97 + {n} % 26) || {n}",
    "char": "chr(97 + {n} % 26)",
    "uuid": "md5('u' || {n})",
    "date": f"date '{EPOCH}' + {{n}}",
    "timestamp": f"timestamp '{EPOCH}' + {{n}} * interval '7 hours'",
    "timestamptz": f"timestamptz '{EPOCH} 00:00+00' + {{n}} * interval '7 hours'",
    "time": "time '00:00' + {n} * interval '7 minutes'",
    "timetz": "timetz '00:00+00' + {n} * interval '7 minutes'",
    "interval": "{n} * interval '1 hour'",
    "json": "json_build_object('n', {n})",
    "jsonb": "jsonb_build_object('n', {n})",
    "bytea": "convert_to('b' || {n}, 'UTF8')",
    "inet": "inet '10.0.0.0' + {n}",
    "cidr": "inet '10.0.0.0' + {n}",
    "tsvector": "to_tsvector('simple', 'w' || {n})",
    "int4range": "int4range({n}, {n} + 5)",
    "int8range": "int8range({n}, {n} + 5)",
    "numrange": "numrange({n}, {n} + 5)",
    "daterange": f"daterange(date '{EPOCH}' + {{n}}, date '{EPOCH}' + {{n}} + 5)",
    "tstzrange": f"tstzrange(timestamptz '{EPOCH}' + {{n}} * interval '1 hour', NULL)",
    "oid": "{n}",
}
ALIASES = {
    "smallint": "int2",
    "integer": "int4",
    "bigint": "int8",
    "real": "float4",
    "double precision": "float8",
    "character varying": "varchar",
    "character": "bpchar",
    "boolean": "bool",
}


def value_sql(type_name: str, number: str) -> str:
    """Return the SQL of the value of this number (an SQL expression above 0) in a type; unknown types are texts."""
    base, array, limit = base_type(type_name)
    n = f"({number})"
    if base == "numeric" and limit:
        n = f"({number} % {limit})"
    element = f"({VALUES.get(base, VALUES['text']).format(n=n)})"
    return f"(ARRAY[{element}])::{type_name}" if array else f"{element}::{type_name}"


def base_type(type_name: str) -> tuple[str, bool, int]:
    """Return the name of a type without its length, whether it is an array, and the first number a numeric lacks."""
    try:
        tree = type_of(type_name)
    except ParseError:
        return "", False, 0
    own = tree.names[-1].sval if len(tree.names) == 1 or tree.names[0].sval == "pg_catalog" else ""
    sizes = [each.val.ival or 0 for each in tree.typmods or () if hasattr(each.val, "ival")]
    limit = 10 ** min(max(sizes[0] - (sizes[1] if len(sizes) > 1 else 0), 1), 9) if own == "numeric" and sizes else 0
    return ALIASES.get(own, own), tree.arrayBounds is not None, limit


def is_wide(type_name: str) -> bool:
    """Return whether a type has a value of its own for each of a few hundred numbers."""
    base, array, limit = base_type(type_name)
    return not array and base not in {"bool", "char", "bpchar", "time", "timetz"} and not 0 < limit < 1_000
