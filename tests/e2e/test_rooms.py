"""Visitors in LiveKit rooms, end to end: Chromium with a microphone, LiveKit, `parley serve`, workers; all of them
real, and killed where the story wants it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.e2e.conftest import CHROMIUM
from tests.e2e.room_house import RoomHouse, room_house, until
from tests.e2e.talking_aloud import Talk, microphone

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def speaking(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium whose microphone asks for coffee again and again."""
    if CHROMIUM is None:
        pytest.fail("These tests need Chromium: apt-get install chromium.")
    with sync_playwright() as playwright:
        browser = _launch(playwright, microphone(tmp_path_factory.mktemp("microphone"), "coffee please"))
        yield browser
        browser.close()


def _launch(playwright: Playwright, arguments: list[str]) -> Browser:
    return playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)


@contextmanager
def visit(house: RoomHouse, browser: Browser) -> Iterator[Talk]:
    """A visitor on the line."""
    context = browser.new_context(permissions=["microphone"])
    context.set_default_timeout(60_000)
    talk = Talk(context.new_page())
    try:
        talk.begin(house.page)
        yield talk
    finally:
        context.close()


def test_a_visitor_talks_in_a_room_and_hears_the_answer(speaking: Browser, tmp_path: Path) -> None:
    with room_house(tmp_path, PARLEY_VOICE="1", PARLEY_PHONE="0") as house:
        until(house.present, "the worker beside the server")
        with visit(house, speaking) as talk:
            talk.hears("would you like tea or coffee")
            talk.reads("coffee", "caller")
            talk.reads("your coffee is on its way")
            talk.hears("your coffee is on its way")
        session = house.session("widget")
        assert "Your coffee is on its way." in house.said(session)
