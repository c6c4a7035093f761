"""Whatever can be set is explained, and can be set where the containers run."""

import re
from pathlib import Path

import pytest

from app.core.settings import Settings

NAMES = {name.upper() for name in Settings.model_fields} | {"DRAIN_SECONDS"}


def names_in(file: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, Path(file).read_text(), re.MULTILINE))


def test_every_setting_is_explained() -> None:
    explained = names_in(".env.example", r"^#?([A-Z0-9_]+)=")
    assert explained == NAMES | {"HOST", "PORT"}


@pytest.mark.anyio
async def test_connections_are_kept_longer_than_by_the_proxy_in_front(settings: Settings) -> None:
    alone, proxied = settings, Settings(**settings.model_dump() | {"trusted_proxies": "10.0.0.0/8"})
    assert (alone.idle_seconds, proxied.idle_seconds) == (10, 75)
    assert proxied.model_copy(update={"idle_timeout": 120}).idle_seconds == 120


def test_every_setting_reaches_the_containers() -> None:
    assert names_in("compose.yaml", r"^    ([A-Z0-9_]+):") == NAMES
