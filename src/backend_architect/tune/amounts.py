"""Sizes and numbers as people read them."""


def size(number: float) -> str:
    """Return bytes as `12 MB`."""
    for unit in ("bytes", "kB", "MB", "GB", "TB"):
        if abs(number) < 1024 or unit == "TB":
            return f"{number:,.0f} {unit}" if number >= 10 or unit == "bytes" else f"{number:.1f} {unit}"
        number /= 1024
    return ""


def days(seconds: float) -> str:
    """Return a time as `12 days`, or in hours below two of them."""
    return f"{seconds / 86_400:,.0f} days" if seconds >= 2 * 86_400 else f"{seconds / 3_600:,.0f} hours"


def milliseconds(number: float) -> str:
    """Return a time as `12.3 ms`, of less than ten of them with one digit more."""
    return f"{number:,.1f} ms" if number >= 10 else f"{number:.2f} ms"


def duration(ms: float) -> str:
    """Return milliseconds as `12 ms`, `3.4 s`, `5.6 min` or `7.8 h`."""
    for unit, step in (("h", 3_600_000), ("min", 60_000), ("s", 1_000)):
        if abs(ms) >= step:
            return f"{ms / step:,.1f} {unit}"
    return f"{ms:,.0f} ms" if abs(ms) >= 10 or ms == 0 else f"{ms:.2g} ms"
