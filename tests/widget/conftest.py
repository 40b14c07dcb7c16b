"""The built widget in a real Chromium, and a peer that plays its server."""

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect, sync_playwright

from tests.widget.peer import WIDGET, Peer
from tests.widget.visit import Visit

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--autoplay-policy=document-user-activation-required",
]


@pytest.fixture(scope="session")
def built() -> Path:
    """The widget's folder, with a script built from today's sources."""
    script = WIDGET / "dist" / "widget.js"
    newest = max(path.stat().st_mtime for path in (WIDGET / "src").rglob("*.ts"))
    if not script.exists() or script.stat().st_mtime < newest:
        node = shutil.which("node")
        if node is None or not (WIDGET / "node_modules").is_dir():
            pytest.fail("The widget is not built. Run `make setup`.")
        subprocess.run([node, "build.mjs"], cwd=WIDGET, check=True, timeout=120)
    return WIDGET


def chromium_path() -> str:
    """Chromium as the system has it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.fail("These tests need Chromium: apt-get install chromium.")
    return found


@pytest.fixture(scope="session")
def playwright_() -> Iterator[Playwright]:
    """What drives the browsers."""
    expect.set_options(timeout=30_000)
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def browser(playwright_: Playwright) -> Iterator[Browser]:
    """A Chromium without a microphone."""
    chromium = playwright_.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
    yield chromium
    chromium.close()


@pytest.fixture
def peer(built: Path) -> Iterator[Peer]:
    """A server for one test."""
    started = Peer().start()
    yield started
    started.stop()


@contextmanager
def visitor(browser: Browser, permissions: Sequence[str] = ()) -> Iterator[Page]:
    """A fresh visitor at a desk. A script error on the page fails the test."""
    context = browser.new_context(
        viewport={"width": 1280, "height": 800}, reduced_motion="reduce", permissions=permissions
    )
    context.set_default_timeout(30_000)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh visitor at a desk."""
    with visitor(browser) as opened:
        yield opened


@pytest.fixture
def visit(page: Page, peer: Peer) -> Visit:
    """A visitor before the page is loaded."""
    return Visit(page, peer)
