"""The settings that the planner decides by, taken over from another server."""

from collections.abc import Mapping

from backend_architect.postgres.connection import Refused
from backend_architect.postgres.session import Session

OWN = """
SELECT name, coalesce(unit, '') AS unit FROM pg_settings
WHERE context IN ('user', 'superuser') AND name <> 'plan_cache_mode' AND (
    category LIKE 'Query Tuning%'
    OR name IN ('work_mem', 'hash_mem_multiplier', 'max_parallel_workers', 'effective_io_concurrency', 'search_path',
                'default_text_search_config', 'DateStyle', 'IntervalStyle', 'TimeZone')
)
ORDER BY name
"""
SET = "SELECT set_config($1, $2, false)"


def take_settings(session: Session, settings: Mapping[str, str]) -> None:
    """Set in the session what concerns the planner; what this server does not know or take is passed over.

    A value is as pg_settings has it, a number with its unit behind it ("4096kB", and "5242888kB" for 524288 pages), or
    as one writes it in a configuration.
    """
    for own in session.fetch(OWN):
        value = settings.get(own["name"])
        if value is None:
            continue
        try:
            session.value(SET, own["name"], _in_own_unit(value, own["unit"]))
        except Refused:
            continue


def _in_own_unit(value: str, unit: str) -> str:
    """Return the number alone where it is in the setting's own unit, which is what the server takes a bare one for."""
    number = value.removesuffix(unit) if unit else value
    return number if _is_number(number) else value


def _is_number(text: str) -> bool:
    return text.lstrip("-").replace(".", "", 1).isdecimal()
