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
    """Add what the server and the workers wrote to the report of a test that failed."""
    report = yield
    if report.when == "call" and report.failed:
        given = getattr(item, "funcargs", {})
        logs = [("LiveKit's log", value.log) for value in given.values() if isinstance(value, LiveKit)]
        if "tmp_path" in given:
            logs += [(path.name, path) for path in sorted(given["tmp_path"].glob("worker-*.log"))]
        for title, log in logs:
            if log.exists():
                tail = log.read_text("utf-8", "replace").splitlines()[-40:]
                report.sections.append((title, "\n".join(line[:400] for line in tail)))
    return report
