"""Sizes as people write them."""

from backend_architect.errors import ArchitectError, Problem

UNITS = {"": 1, "KB": 2**10, "MB": 2**20, "GB": 2**30, "TB": 2**40}


class NotASize(ArchitectError):
    """A size cannot be read."""


def read_bytes(text: str) -> int | None:
    """Return `500MB` in bytes (a kilobyte is 1,024, as for PostgreSQL), None for ''; raises NotASize."""
    if not text.strip():
        return None
    plain = text.strip().upper().replace("_", "").replace(" ", "")
    number = plain.rstrip("BKMGT")
    unit = plain[len(number) :]
    unit = unit if not unit or unit.endswith("B") else f"{unit}B"
    unit = "" if unit == "B" else unit
    if unit not in UNITS or not number.replace(".", "", 1).isdecimal():
        raise NotASize(Problem("not-a-size", f"{text} is no size", "write 500MB, 2GB or a number of bytes"))
    return int(float(number) * UNITS[unit])
