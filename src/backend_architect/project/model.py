"""A project as text: nothing here touches the disk."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Project:
    """Every file of a backend, as text by its path below the project's folder (`/` between the parts)."""

    name: str
    files: Mapping[str, str]
