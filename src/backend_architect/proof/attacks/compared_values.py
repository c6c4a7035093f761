"""What a rule compares with: the lengths of time and the whole numbers that its text names."""

import re

LENGTH = re.compile(r"interval\s+'(\d+) (minute|hour|day)s?'", re.IGNORECASE)
SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
NUMBER = re.compile(r"(?<![\w.'])\d+(?![\w.'])")


def lengths_in(text: str) -> list[int]:
    """Return the lengths of time that a text names, in seconds."""
    return [int(number) * SECONDS[unit.lower()] for number, unit in LENGTH.findall(text)]


def numbers_in(text: str) -> list[int]:
    """Return the whole numbers that a text names."""
    return [int(found) for found in NUMBER.findall(text)]
