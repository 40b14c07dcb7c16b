"""Visitors in LiveKit rooms, end to end: Chromium with a microphone, LiveKit, `parley serve`, workers; all of them
real, and killed where the story wants it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Playwright, sync_playwright

from tests.e2e.conftest import CHROMIUM
from tests.e2e.room_house import RoomHouse, aside, room_house, until
from tests.e2e.talking_aloud import Talk, microphone

ASKED, ANSWERED = "would you like tea or coffee", "your coffee is on its way"
# What is said to whoever was left alone. A machine that stalls may spoil one of the two, which are said once.
BACK = ("gone for a moment", "i am back")
pytestmark = [pytest.mark.e2e, pytest.mark.timeout(480)]


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
    # The ear is a script of ours in the page.
    context = browser.new_context(permissions=["microphone"], bypass_csp=True)
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
            talk.hears(ASKED)
            talk.reads("coffee", "caller")
            talk.reads(ANSWERED)
            talk.hears(ANSWERED)
        session = house.session("widget")
        assert "Your coffee is on its way." in house.said(session)


def test_a_worker_killed_in_mid_call_is_replaced(speaking: Browser, tmp_path: Path) -> None:
    with room_house(tmp_path, PARLEY_VOICE="0") as house:
        first = house.worker()
        with visit(house, speaking) as talk:
            talk.mute()
            talk.hears(ASKED)
            house.worker()
            talk.forget()
            first.kill()
            talk.hears(*BACK)
            talk.unmute()
            talk.hears(ANSWERED)
        goes_on(house)


def test_livekit_killed_and_started_again_in_mid_call(speaking: Browser, tmp_path: Path) -> None:
    with room_house(tmp_path, PARLEY_VOICE="0") as house:
        house.worker()
        with visit(house, speaking) as talk:
            talk.hears(ASKED)
            aside(house.livekit.kill())
            said = len(house.said(house.session("widget")))
            aside(house.livekit.start())
            talk.forget()
            talk.hears(ANSWERED)
        session = house.session("widget")
        assert len(house.said(session)) > said


def test_the_server_killed_and_started_again_in_mid_call(speaking: Browser, tmp_path: Path) -> None:
    with room_house(tmp_path, PARLEY_VOICE="0") as house:
        house.worker()
        with visit(house, speaking) as talk:
            talk.mute()
            talk.hears(ASKED)
            talk.forget()
            house.server.kill()
            house.server.start()
            talk.hears(*BACK)
            talk.unmute()
            talk.hears(ANSWERED)
        kinds = goes_on(house)
        assert "resumed" in kinds


def test_the_server_dies_with_its_only_worker_and_who_waits_is_spoken_to_again(
    speaking: Browser, tmp_path: Path
) -> None:
    with room_house(tmp_path, PARLEY_VOICE="1", PARLEY_PHONE="0") as house:
        until(house.present, "the worker beside the server")
        with visit(house, speaking) as talk:
            talk.mute()
            talk.hears(ASKED)
            talk.forget()
            house.server.kill()
            house.server.start()
            talk.hears(*BACK)
            talk.captions.clear()
            talk.unmute()
            talk.hears(ANSWERED)
            talk.reads("coffee", "caller")
        goes_on(house)


def goes_on(house: RoomHouse) -> list[str]:
    """The log of the one talk lacks nothing: the line was gone, we said so once, and the visitor was understood after
    that. Answers with the kinds of its events."""
    events = house.events(house.session("widget"))
    assert [record["seq"] for record in events] == list(range(1, len(events) + 1))
    sorry = [record["seq"] for record in events if any("line was gone" in said for said in texts(record))]
    ordered = [record["seq"] for record in events if record["event"].get("text") == "coffee please"]
    assert len(sorry) == 1 and ordered[-1] > sorry[0], events
    return [record["event"]["type"] for record in events]


def texts(record: dict[str, Any]) -> list[str]:
    """What the agent said in a record."""
    return [effect["text"] for effect in record["effects"] if effect["type"] == "speak"]
