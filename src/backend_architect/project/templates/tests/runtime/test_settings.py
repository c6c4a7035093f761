"""Whatever can be set is explained, and can be set where the containers run."""

import re
from pathlib import Path

from app.core.settings import Settings

NAMES = {name.upper() for name in Settings.model_fields} | {"DRAIN_SECONDS"}


def names_in(file: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, Path(file).read_text(), re.MULTILINE))


def test_every_setting_is_explained() -> None:
    explained = names_in(".env.example", r"^#?([A-Z0-9_]+)=")
    assert explained == NAMES | {"HOST", "PORT"}


def test_every_setting_reaches_the_containers() -> None:
    assert names_in("compose.yaml", r"^    ([A-Z0-9_]+):") == NAMES
