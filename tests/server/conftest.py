"""Servers for tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.server.running import Owner, Running, application, serving, settings_for


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Logs go nowhere, and nothing of one test's context reaches the next."""
    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, structlog.processors.KeyValueRenderer()],
        logger_factory=structlog.ReturnLoggerFactory(),
        cache_logger_on_first_use=False,
    )
    yield
    structlog.contextvars.clear_contextvars()


@pytest.fixture
async def owner(tmp_path: Path) -> AsyncIterator[Owner]:
    """The API of a fresh server, without limits on how often it is asked."""
    async with application(settings_for(tmp_path, rest_limit=0, token_limit=0)) as (_, owner):
        yield owner


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Running]:
    """A fresh server on a socket."""
    async with serving(settings_for(tmp_path, rest_limit=0, token_limit=0)) as running:
        yield running
