"""A project made weak in one point, and the probe that must find it."""

from typing import NamedTuple

Edit = tuple[str, str, str]
"""A file, the text that makes it strong (it is there once), and what a hasty edit would leave of it."""


class Weakness(NamedTuple):
    """What is weak, the probe that must find it, and the edits that make it so: several where one guards another."""

    what: str
    probe: str
    edits: tuple[Edit, ...]
    example: str = "social-sharing"
