"""Calls for who does not see, does not point, or does not want things to move."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.widget.conftest import visitor
from tests.widget.peer import Peer
from tests.widget.test_access import axe
from tests.widget.test_voice import call, caption, cue, humming, on_the_line, visit
from tests.widget.visit import Visit

__all__ = ["axe", "humming", "visit"]
FOCUSED = "[...document.querySelectorAll('body > div')].at(-1).shadowRoot.activeElement?.ariaLabel"


@pytest.fixture
def page(humming: Browser) -> Iterator[Page]:
    """A visitor who lets pages have the microphone."""
    with visitor(humming, permissions=["microphone"]) as opened:
        yield opened


def enable(visit: Visit, push_to_talk: bool = False, **appearance: Any) -> None:
    visit.peer.script.widget = {"appearance": appearance}
    visit.peer.script.voice = {"enabled": True, "pushToTalk": push_to_talk}


@pytest.mark.parametrize("push_to_talk", [False, True], ids=["open", "held"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_a_call(visit: Visit, axe: str, theme: str, push_to_talk: bool) -> None:
    enable(visit, push_to_talk, theme=theme)
    on_the_line(visit)
    visit.peer.script.calls.say(caption("agent", "For how many of you?"))
    expect(visit.page.locator(".spoken")).to_have_text("For how many of you?")
    visit.page.get_by_role("button", name="Microphone and sound").click()
    assert visit.axe(axe) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_when_the_microphone_is_off_or_refused(visit: Visit, axe: str, theme: str) -> None:
    enable(visit, theme=theme)
    on_the_line(visit)
    visit.page.keyboard.press("m")
    cue(visit, "Your microphone is off")
    assert visit.axe(axe) == []


def test_axe_finds_nothing_in_a_failure(humming: Browser, peer: Peer, axe: str) -> None:
    peer.script.voice = {"enabled": True}
    with visitor(humming) as opened:
        refused = Visit(opened, peer)
        call(refused)
        expect(opened.locator(".cue")).to_contain_text("blocked")
        assert refused.axe(axe) == []


def test_the_keyboard_walks_through_a_call(visit: Visit) -> None:
    on_the_line(visit)
    walked = [visit.page.evaluate(FOCUSED)]
    for _ in range(2):
        visit.page.keyboard.press("Tab")
        walked.append(visit.page.evaluate(FOCUSED))
    assert walked == ["Switch the microphone off", "End the call", "Write instead"]
    visit.page.keyboard.press("Enter")
    expect(visit.field).to_be_focused()


def test_the_wave_stands_still_for_who_asks_for_rest(visit: Visit) -> None:
    on_the_line(visit)
    visit.peer.script.calls.until_loud(True)
    styles = visit.page.locator(".voices i").evaluate_all("bars => bars.map(bar => bar.style.transform)")
    assert set(styles) == {""}


def test_a_closed_conversation_keeps_the_call_and_says_so(visit: Visit) -> None:
    on_the_line(visit)
    visit.page.get_by_role("button", name="Close the conversation").click()
    mark = visit.page.get_by_role("button", name="On the line with Luna")
    expect(mark).to_be_visible()
    visit.peer.script.calls.until_loud(True)
    mark.click()
    expect(visit.page.get_by_role("button", name="End the call")).to_be_visible()
