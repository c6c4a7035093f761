"""Whatever can be set is explained, and can be set where the containers run."""

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from app.core.settings import Settings

pytestmark = pytest.mark.anyio

NAMES = {name.upper() for name in Settings.model_fields} | {"DRAIN_SECONDS"}


def names_in(file: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, Path(file).read_text(), re.MULTILINE))


def test_every_setting_is_explained() -> None:
    explained = names_in(".env.example", r"^#?([A-Z0-9_]+)=")
    assert explained == NAMES | {"HOST", "PORT"}


async def test_connections_are_kept_longer_than_by_the_proxy_in_front(settings: Settings) -> None:
    alone, proxied = settings, Settings(**settings.model_dump() | {"trusted_proxies": "10.0.0.0/8"})
    assert (alone.idle_seconds, proxied.idle_seconds) == (10, 75)
    assert proxied.model_copy(update={"idle_timeout": 120}).idle_seconds == 120


def test_every_setting_reaches_the_containers() -> None:
    assert names_in("compose.yaml", r"^    ([A-Z0-9_]+):") == NAMES


@pytest.mark.parametrize(
    ("given", "origins"),
    [
        ("https://App.Example.com/, http://localhost:5173", ("https://app.example.com", "http://localhost:5173")),
        ("https://app.example.com:443,http://app.example.com:80/", ("https://app.example.com", "http://app.example.com")),
    ],
)
async def test_origins_are_those_that_browsers_send(settings: Settings, given: str, origins: tuple[str, ...]) -> None:
    assert Settings.model_validate(settings.model_dump() | {"allowed_origins": given}).allowed_origins == origins


@pytest.mark.parametrize(
    ("name", "given"),
    [("allowed_origins", each) for each in ("*", "https://*.example.com", "app.example.com", "https://a.example/page")]
    + [("root_path", each) for each in ("shop", "/shop/", "/shop?x")],
)
async def test_settings_that_cannot_work_end_the_start(settings: Settings, name: str, given: str) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(settings.model_dump() | {name: given})
