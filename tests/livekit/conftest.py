"""One LiveKit server for a file of tests; its log is shown when one of them fails."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
import pytest_asyncio

from tests.livekit.harness import LiveKit
from tests.livekit.redis import Redis


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def livekit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LiveKit]:
    """A server that all tests of a file share."""
    server = LiveKit(tmp_path_factory.mktemp("livekit"))
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture
async def own_livekit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LiveKit]:
    """A server of one test's own, to be killed."""
    server = LiveKit(tmp_path_factory.mktemp("livekit"))
    await server.start()
    yield server
    await server.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sip_livekit(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LiveKit]:
    """A server that keeps trunks and dispatch rules, in a Redis of its own; no LiveKit SIP beside it."""
    folder = tmp_path_factory.mktemp("livekit")
    redis = Redis(folder)
    await redis.start()
    server = LiveKit(folder, redis.address)
    await server.start()
    yield server
    await server.stop()
    await redis.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[Any]:
    """Add what the server wrote to the report of a test that failed."""
    report = yield
    if report.when == "call" and report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, LiveKit) and value.log.exists():
                tail = value.log.read_text("utf-8", "replace").splitlines()[-40:]
                report.sections.append(("LiveKit's log", "\n".join(line[:400] for line in tail)))
    return report
