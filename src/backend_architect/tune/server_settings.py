"""Settings as numbers. The catalog has each as its number and its unit: `16384` and `8kB` are one text there."""

from collections.abc import Mapping

from backend_architect.postgres.catalog import Table

PAGE = 8192
IN_PAGES = {"shared_buffers", "effective_cache_size", "temp_buffers", "wal_buffers"}
UNITS = {"kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "B": 1}
NEVER = float("inf")


def setting_in_bytes(settings: Mapping[str, str], name: str) -> int | None:
    """Return a setting of memory in bytes, None where it is not known."""
    value = settings.get(name, "")
    if name in IN_PAGES and value.endswith("8kB"):
        return int(value.removesuffix("8kB")) * PAGE
    unit = next((each for each in UNITS if value.endswith(each)), "")
    digits = value.removesuffix(unit)
    return int(digits) * UNITS[unit] if unit and digits.isdigit() else None


def setting_as_number(settings: Mapping[str, str], name: str, otherwise: float) -> float:
    """Return a setting's number without its unit."""
    digits = settings.get(name, "").rstrip("kMGTBmsindh")
    try:
        return float(digits)
    except ValueError:
        return otherwise


def vacuum_begins_at(table: Table, rows: float, settings: Mapping[str, str]) -> float:
    """Return the number of dead rows at which autovacuum comes to a table, infinity where it never does."""
    own = dict(option.split("=", 1) for option in table.options if "=" in option)
    if own.get("autovacuum_enabled") in {"false", "off"} or settings.get("autovacuum") == "off":
        return NEVER
    values = {**settings, **own}
    threshold = setting_as_number(values, "autovacuum_vacuum_threshold", 50)
    share = setting_as_number(values, "autovacuum_vacuum_scale_factor", 0.2)
    most = setting_as_number(values, "autovacuum_vacuum_max_threshold", -1)  # since version 18
    begins = threshold + share * rows
    return min(begins, most) if most >= 0 else begins
