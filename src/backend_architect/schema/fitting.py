"""The functions that answer null for a computed value which no answer can hold."""

from backend_architect.design.model import MAX_EXACT, FieldType
from backend_architect.queries import ResolvedDesign
from backend_architect.queries.rows import SQL_TYPES
from backend_architect.queries.shape import always_fits
from backend_architect.schema.columns import FIRST_AND_END

WHY = "-- A computed value, or null beyond what an answer can hold: no row spoils the lists that it is in.\n"
_LONGEST = 999_999_998
"""Days of the longest duration that Python has."""


def fitting_functions(resolved: ResolvedDesign) -> tuple[str, ...]:
    """Return a function for each type of computed values that may not fit, as SQL."""
    kinds = [
        FieldType.INTEGER if computed.type is FieldType.MONEY else computed.type
        for entity in resolved.design.entities.values()
        for computed in entity.computed.values()
        if not always_fits(computed.type, resolved.value(entity, computed.sql))
    ]
    functions = "\n".join(_function(kind) for kind in dict.fromkeys(kinds))
    return (WHY + functions,) if kinds else ()


def _function(kind: FieldType) -> str:
    result = SQL_TYPES[kind]
    given, condition = result, f"value BETWEEN interval '-{_LONGEST} days' AND interval '{_LONGEST} days'"
    if kind is FieldType.INTEGER:
        given, condition = "numeric", f"value BETWEEN -{MAX_EXACT} AND {MAX_EXACT}"
    elif kind in FIRST_AND_END:
        first, end = FIRST_AND_END[kind]
        condition = f"value >= '{first}' AND value < '{end}'"
    cast = "" if given == result else f"::{result}"
    return (
        f"CREATE FUNCTION fitting(value {given}) RETURNS {result} LANGUAGE sql IMMUTABLE PARALLEL SAFE\n"
        f"    RETURN CASE WHEN {condition} THEN value{cast} END;"
    )
