"""Numbers of migrations that are times: `20261130214500`."""

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

FORM = "%Y%m%d%H%M%S"


def next_versions(names: Iterable[str], when: str, number: int) -> list[str]:
    """Return so many versions, one second after the other, all after those of `names` and not before `when`."""
    taken = [match[0] for name in names if (match := re.match(r"\d{14}", name))]
    start = max([when, *(_after(each) for each in taken)])
    return [(datetime.strptime(start, FORM) + timedelta(seconds=n)).strftime(FORM) for n in range(number)]


def _after(version: str) -> str:
    """Return the second after a version; one that is no time is passed over."""
    try:
        return (datetime.strptime(version, FORM) + timedelta(seconds=1)).strftime(FORM)
    except ValueError:
        return ""
