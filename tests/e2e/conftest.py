"""Whole ways through: a real server, a real browser, a page on another origin."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.e2e.serving import Server, page_elsewhere
from tests.e2e.telephones import Line, telephones
from tests.ports import free_port

TABLE = "pk_demo_table-reservation"
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture
def elsewhere_port() -> int:
    """The port of the page that embeds the widget."""
    return free_port()


@pytest.fixture
def server(tmp_path: Path, elsewhere_port: int) -> Iterator[Server]:
    """A server on a fresh data folder, which lets the page elsewhere embed its sample agents."""
    running = Server(tmp_path / "data", PARLEY_DEMO_ORIGINS=f"http://127.0.0.1:{elsewhere_port}").start()
    yield running
    running.stop()


@pytest.fixture
def elsewhere(server: Server, elsewhere_port: int) -> Iterator[str]:
    """The address of a page on another origin with the restaurant's widget."""
    with page_elsewhere(elsewhere_port, server.origin, TABLE) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser without a window, for all tests of a file: while it runs, its event loop keeps others from running
    in this process."""
    if CHROMIUM is None:
        pytest.fail("These tests need Chromium: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield browser
        browser.close()


@pytest.fixture
def visitor(browser: Browser) -> Iterator[BrowserContext]:
    """A visitor who has never been here."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.set_default_timeout(30_000)
    yield context
    context.close()


@pytest.fixture(scope="module")
def exchange(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with telephones, for all tests of a file."""
    with telephones(tmp_path_factory.mktemp("exchange")) as server:
        yield server


@pytest_asyncio.fixture
async def line(exchange: Server) -> AsyncIterator[Line]:
    """How to call it."""
    line = Line(exchange)
    await line.ready()
    yield line
    await line.house.client.aclose()
