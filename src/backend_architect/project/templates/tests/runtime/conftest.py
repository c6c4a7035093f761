"""The application with the probe's routes, for the tests of the runtime."""

import json
from collections.abc import AsyncIterator, Callable

import pytest
from fastapi import FastAPI

from app.core.settings import Settings
from tests.conftest import running
from tests.runtime.probe import create_probe_app

Lines = Callable[[], list[dict[str, object]]]


@pytest.fixture
async def app(settings: Settings) -> AsyncIterator[FastAPI]:
    """The application, started."""
    async with running(settings, create_probe_app) as app:
        yield app


@pytest.fixture
def log_lines(capfdbinary: pytest.CaptureFixture[bytes]) -> Lines:
    """Return every line that was logged since the last time."""
    return lambda: [json.loads(line) for line in capfdbinary.readouterr().out.splitlines() if line.startswith(b"{")]
