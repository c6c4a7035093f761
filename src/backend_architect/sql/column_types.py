"""Types as comparisons see them: which can be compared through an index, and which are cast first."""

from typing import Any

from pglast import ast

from backend_architect.sql.blocks import Block
from backend_architect.sql.parsing import is_a

FAMILIES = {
    "smallint": "integer", "integer": "integer", "bigint": "integer", "int2": "integer", "int4": "integer",
    "int8": "integer", "real": "float", "double precision": "float", "float4": "float", "float8": "float",
    "text": "text", "character varying": "text", "varchar": "text", "character": "char", "bpchar": "char",
    "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz",
}  # fmt: skip
SHORT = {"int2": "smallint", "int4": "integer", "int8": "bigint", "bool": "boolean", "varchar": "character varying",
         "float4": "real", "float8": "double precision", "bpchar": "character",
         "timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone"}  # fmt: skip
CAST_FIRST = {("integer", "numeric"), ("integer", "float"), ("numeric", "float"), ("char", "text")}
"""Of which column the values are cast, when it meets a value of which type: its index does not serve then."""


def bare(kind: str) -> str:
    """Return a type without its length: `character varying(20)` → `character varying`."""
    head, _, rest = kind.partition("(")
    return f"{head.strip()}{rest.partition(')')[2]}"


def family(kind: str) -> str:
    """Return the family of a type as format_type writes it; types of one are compared without a cast."""
    plain = bare(kind)
    return FAMILIES.get(plain, plain)


def family_of_name(name: str) -> str:
    """Return the family of a type as the parser names it, `int8`."""
    return FAMILIES.get(name, FAMILIES.get(SHORT.get(name, name), name))


def written_type(node: Any) -> str:
    """Return the type that an expression has as the statement writes it, '' where only the server knows."""
    if is_a(node, ast.TypeCast):
        name = str(node.typeName.names[-1].sval)
        return "" if node.typeName.arrayBounds else SHORT.get(name, name)
    if is_a(node, ast.A_Const) and is_a(node.val, ast.Float):
        return "" if str(node.val.fval).isdigit() else "numeric"
    return ""


def column_type(node: Any, block: Block) -> str:
    """Return the type of a bare column, '' for anything else."""
    owner = block.owner(node) if is_a(node, ast.ColumnRef) else None
    table = owner[0].sources[owner[1]] if owner else None
    column = table.column(owner[2]) if table and owner else None
    return column.type if column else ""
