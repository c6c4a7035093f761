"""The environment that a command of this project runs in: `.env`, and in development a database of its own."""

import os
import warnings
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from dotenv import load_dotenv

from app.settings import ConfigurationError, Settings, load_settings


def settings_or_exit() -> Settings:
    """Return the settings, or end the program with what is missing."""
    try:
        return load_settings()
    except ConfigurationError as error:
        sys.exit(str(error))


@contextmanager
def prepared_environment(*, migrated: bool = True) -> Iterator[None]:
    """Read `.env`. In development, start a database if none is given, and bring it up to date."""
    load_dotenv()
    if os.environ.get("ENVIRONMENT", "development") != "development":
        yield
        return
    with warnings.catch_warnings(action="ignore"):  # of a library that misses XDG_RUNTIME_DIR
        from app.development import development_environment  # noqa: PLC0415 - needs the development requirements

    with development_environment(migrated=migrated):
        yield
