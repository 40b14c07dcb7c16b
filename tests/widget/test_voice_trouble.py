"""When talking does not work: a plain sentence, something to do about it, and the talk stays where it was."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.widget.conftest import visitor
from tests.widget.peer import Peer
from tests.widget.test_voice import call, cue, humming, on_the_line, visit
from tests.widget.visit import Visit

__all__ = ["humming", "visit"]


@pytest.fixture
def page(humming: Browser) -> Iterator[Page]:
    """A visitor who lets pages have the microphone."""
    with visitor(humming, permissions=["microphone"]) as opened:
        yield opened


def test_a_refused_microphone_is_explained(humming: Browser, peer: Peer) -> None:
    peer.script.voice = {"enabled": True}
    with visitor(humming) as opened:
        visit = Visit(opened, peer)
        call(visit)
        expect(opened.locator(".cue")).to_contain_text("The microphone is blocked for this page")
        expect(opened.get_by_role("button", name="Try again")).to_be_focused()
        opened.context.grant_permissions(["microphone"])
        opened.get_by_role("button", name="Try again").click()
        expect(opened.get_by_text("on the line")).to_be_visible()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("NotFoundError", "No microphone was found"),
        ("NotReadableError", "in use by another program"),
    ],
)
def test_a_missing_or_busy_microphone_is_explained(visit: Visit, name: str, words: str) -> None:
    visit.page.add_init_script(
        f"navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', '{name}'))"
    )
    call(visit)
    expect(visit.page.locator(".cue")).to_contain_text(words)
    visit.page.get_by_role("button", name="Write instead").click()
    visit.say("Then in writing")
    expect(visit.log).to_contain_text("You said: Then in writing")


def test_a_page_that_is_not_safe_gets_no_microphone(visit: Visit) -> None:
    visit.page.add_init_script("Object.defineProperty(window, 'isSecureContext', {value: false})")
    call(visit)
    expect(visit.page.locator(".cue")).to_contain_text("begins with https")


def test_a_frame_must_pass_the_microphone_on(visit: Visit) -> None:
    inside = f"{visit.peer.elsewhere}/page?agent-id=pk_luna"
    visit.page.goto(f"{visit.peer.origin}/page?agent-id=")
    visit.page.evaluate(
        "url => { const f = document.createElement('iframe'); f.src = url;"
        " f.style = 'width:600px;height:760px'; document.body.prepend(f) }",
        inside,
    )
    frame = visit.page.frame_locator("iframe")
    frame.locator(".mark").click()
    frame.get_by_role("button", name="Talk instead of writing").click()
    expect(frame.locator(".cue")).to_contain_text('allow="microphone; autoplay"')


def test_full_lines_are_explained_and_tried_again(visit: Visit) -> None:
    calls = visit.peer.script.calls
    calls.answer = (503, {"error": {"code": "SERVER_BUSY", "message": "busy"}})
    call(visit)
    cue(visit, "All our lines are taken right now. Try again in a moment, or write instead.")
    calls.answer = None
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.page.get_by_text("on the line")).to_be_visible()


def test_an_agent_without_voice_says_so(visit: Visit) -> None:
    visit.peer.script.calls.answer = (409, {"error": {"code": "VOICE_UNAVAILABLE", "message": "no"}})
    call(visit)
    cue(visit, "The call could not be opened. You can write instead.")


def test_a_cut_line_comes_back_with_the_talk(visit: Visit) -> None:
    on_the_line(visit)
    calls = visit.peer.script.calls
    calls.closes = 1011
    calls.cut()
    cue(visit, "The connection was lost. Reconnecting…")
    expect(visit.page.get_by_text("reconnecting…", exact=True)).to_be_visible()
    calls.closes = None
    calls.wait(lambda: len(calls.hellos) >= 2)
    cue(visit, "We are listening")
    assert calls.hellos[-1]["token"] != calls.hellos[0]["token"]
    calls.until_loud(True)


def test_a_line_that_stays_away_is_given_up(visit: Visit) -> None:
    visit.page.clock.install()
    on_the_line(visit)
    visit.peer.script.calls.answer = (500, {"error": {"code": "INTERNAL_ERROR", "message": ""}})
    visit.peer.script.calls.cut()
    given_up = visit.page.locator(".cue").filter(has_text="The connection was lost and did not come back.")
    for _ in range(60):
        visit.page.clock.fast_forward(20_000)
        if given_up.is_visible():
            break
    expect(given_up).to_be_visible()
    expect(visit.page.get_by_role("button", name="Try again")).to_be_visible()


def test_where_livekit_cannot_be_reached_the_audio_socket_carries_the_call(visit: Visit) -> None:
    calls = visit.peer.script.calls
    calls.answer = (200, {"way": "livekit", "url": "ws://127.0.0.1:9", "token": "x", "room": "r"})
    on_the_line(visit)
    assert [asked.get("way") for asked in calls.asked] == [None, "media"]
    calls.until_loud(True)
