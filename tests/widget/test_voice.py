"""A visitor talks aloud: a real microphone's path, a real loudspeaker's, and a peer at the other end of the line."""

import math
import struct
import wave
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Playwright, expect

from tests.widget.calls import Frame, loudness, tone
from tests.widget.conftest import ARGUMENTS, chromium_path, visitor
from tests.widget.peer import Peer, agent
from tests.widget.visit import Visit

HUMMED = 440
LISTEN = """
const connect = AudioNode.prototype.connect;
window.heard = [];
AudioNode.prototype.connect = function (to, ...more) {
  if (to === this.context.destination && this instanceof AudioWorkletNode) {
    const ear = this.context.createAnalyser();
    ear.fftSize = 2048;
    connect.call(this, ear);
    window.heard.push(ear);
  }
  return connect.call(this, to, ...more);
};
window.loudest = () => Math.max(0, ...window.heard.map(ear => {
  const samples = new Float32Array(ear.fftSize);
  ear.getFloatTimeDomainData(samples);
  return Math.max(...samples.map(Math.abs));
}));
window.highest = () => {
  const bins = new Float32Array(1024);
  return Math.max(...window.heard.map(ear => {
    ear.getFloatFrequencyData(bins);
    const top = bins.indexOf(Math.max(...bins));
    return bins[top] < -60 ? 0 : top * ear.context.sampleRate / ear.fftSize;
  }));
};
"""
"""Listens to what goes to the loudspeaker."""


@pytest.fixture(scope="session")
def humming(playwright_: Playwright, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium whose microphone hears somebody hum: half a second of every second, so that no filter takes
    it for a fan."""
    file = tmp_path_factory.mktemp("microphone") / "hum.wav"
    _hum(file)
    fakes = ["--use-fake-device-for-media-stream", f"--use-file-for-fake-audio-capture={file}"]
    chromium = playwright_.chromium.launch(executable_path=chromium_path(), args=[*ARGUMENTS, *fakes])
    yield chromium
    chromium.close()


def _hum(path: Path) -> None:
    rate = 48_000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for n in range(4 * rate):
            loud = 0.5 + 0.5 * math.sin(2 * math.pi * 2 * n / rate)
            file.writeframesraw(
                struct.pack("<h", round(16000 * loud * math.sin(2 * math.pi * HUMMED * n / rate)))
            )


@pytest.fixture
def page(humming: Browser) -> Iterator[Page]:
    """A visitor who lets pages have the microphone."""
    with visitor(humming, permissions=["microphone"]) as opened:
        opened.add_init_script(LISTEN)
        yield opened


@pytest.fixture
def visit(page: Page, peer: Peer) -> Visit:
    """A visitor before a page whose agent can be talked to."""
    peer.script.voice = {"enabled": True, "pushToTalk": False}
    return Visit(page, peer)


def call(visit: Visit) -> None:
    """Open the conversation and talk."""
    visit.open()
    visit.page.get_by_role("button", name="Talk instead of writing").click()


def on_the_line(visit: Visit) -> None:
    """Call, and be answered."""
    call(visit)
    expect(visit.page.get_by_text("on the line")).to_be_visible()


def cue(visit: Visit, text: str) -> None:
    """What stands under the wave."""
    expect(visit.page.locator(".cue")).to_have_text(text)


def caption(who: str, text: str, final: bool = True) -> Frame:
    return {"type": "caption", "who": who, "text": text, "final": final}


def test_without_voice_there_is_no_microphone(visit: Visit) -> None:
    visit.peer.script.voice = {"enabled": False}
    visit.open()
    expect(visit.page.get_by_role("button", name="Send")).to_be_visible()
    expect(visit.page.get_by_role("button", name="Talk instead of writing")).to_be_hidden()


def test_the_arrow_comes_back_when_something_is_written(visit: Visit) -> None:
    visit.open()
    talk = visit.page.get_by_role("button", name="Talk instead of writing")
    expect(talk).to_be_visible()
    visit.field.fill("F")
    expect(talk).to_be_hidden()
    visit.say("Friday")
    expect(visit.log).to_contain_text("You said: Friday")
    expect(talk).to_be_visible()


def test_nothing_of_a_call_is_loaded_before_the_first_one(visit: Visit) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.open()
    assert not [url for url in asked if "voice-" in url]
    visit.page.get_by_role("button", name="Talk instead of writing").click()
    expect(visit.page.get_by_text("on the line")).to_be_visible()
    assert [url for url in asked if "voice-media.js?v=" in url]
    assert not [url for url in asked if "livekit" in url]


def test_the_agent_hears_the_visitor(visit: Visit) -> None:
    on_the_line(visit)
    calls = visit.peer.script.calls
    calls.until_pitch(HUMMED)
    assert {len(frame) for frame in calls.sound} == {640}
    assert calls.hellos == [{"type": "hello", "token": "line-1", "rate": 16000, "encoding": "pcm16"}]
    assert calls.bearers == ["Bearer token-1"]


def test_the_visitor_hears_the_agent_until_she_cuts_in(visit: Visit) -> None:
    on_the_line(visit)
    visit.peer.script.calls.say(*tone(1000, 3.5))
    visit.page.wait_for_function("loudest() > 0.3")
    visit.page.wait_for_function("Math.abs(highest() - 1000) < 50")
    visit.peer.script.calls.say({"type": "clear"}, caption("agent", "Cleared"))
    expect(visit.page.locator(".spoken")).to_have_text("Cleared")
    # The ear keeps the last 2048 samples; after that there must be nothing.
    visit.page.wait_for_function("loudest() === 0")


def test_what_is_said_is_seen(visit: Visit) -> None:
    on_the_line(visit)
    spoken, calls = visit.page.locator(".spoken"), visit.peer.script.calls
    calls.say({"type": "state", "state": "speaking"}, caption("agent", "Friday the", False))
    expect(spoken).to_have_text("Friday the")
    cue(visit, "Cut in whenever you like")
    calls.say(caption("agent", "Friday the 27th, lovely."))
    expect(spoken).to_have_text("Friday the 27th, lovely.")
    expect(visit.page.locator("[aria-live=polite].aside")).to_have_text("Friday the 27th, lovely.")
    calls.say({"type": "state", "state": "listening"}, caption("caller", "For four", False))
    expect(visit.page.locator(".spoken.caller")).to_have_text("For four")
    cue(visit, "We are listening")


def test_a_switched_off_microphone_sends_silence(visit: Visit) -> None:
    on_the_line(visit)
    calls = visit.peer.script.calls
    calls.until_loud(True)
    visit.page.get_by_role("button", name="Switch the microphone off").click()
    cue(visit, "Your microphone is off")
    calls.until_loud(False)
    assert {"type": "mute", "on": True} in calls.words
    visit.page.get_by_role("button", name="Switch the microphone on").click()
    calls.until_loud(True)


def test_push_to_talk_sends_sound_only_while_held(visit: Visit) -> None:
    visit.peer.script.voice = {"enabled": True, "pushToTalk": True}
    on_the_line(visit)
    calls = visit.peer.script.calls
    calls.until_loud(False)
    cue(visit, "Hold the button, or the space bar, to talk")
    visit.page.keyboard.down(" ")
    calls.until_loud(True)
    visit.page.keyboard.up(" ")
    calls.until_loud(False)
    visit.page.get_by_role("button", name="Hold to talk").hover()
    visit.page.mouse.down()
    cue(visit, "Let go when you have finished")
    calls.until_pitch(HUMMED)
    visit.page.mouse.up()
    calls.until_loud(False)


def test_writing_keeps_the_call_and_the_talk(visit: Visit) -> None:
    on_the_line(visit)
    visit.peer.push(agent("For how many of you?"))
    visit.page.get_by_role("button", name="Write instead").click()
    expect(visit.log).to_contain_text("For how many of you?")
    expect(visit.page.get_by_text("on the line")).to_be_visible()
    visit.say("Four")
    expect(visit.log).to_contain_text("You said: Four")
    visit.peer.script.calls.until_loud(True)
    visit.page.get_by_role("button", name="Back to the call").click()
    expect(visit.page.get_by_role("button", name="End the call")).to_be_visible()
    assert len(visit.peer.script.calls.hellos) == 1


def test_ending_the_call_returns_to_the_talk(visit: Visit) -> None:
    on_the_line(visit)
    visit.page.get_by_role("button", name="End the call").click()
    expect(visit.field).to_be_focused()
    visit.peer.script.calls.wait(lambda: {"type": "bye"} in visit.peer.script.calls.words)
    visit.say("Goodbye")
    expect(visit.log).to_contain_text("You said: Goodbye")
    assert visit.peer.script.requests[0].get("session_id") is None and visit.peer.script.sessions == 1


def test_the_agent_hangs_up(visit: Visit) -> None:
    on_the_line(visit)
    visit.peer.script.calls.say({"type": "ended", "reason": "completed", "outcome": "done"})
    expect(visit.page.get_by_text("The call has ended.")).to_be_visible()
    expect(visit.log).to_be_visible()


def test_telephone_keys_are_passed_on(visit: Visit) -> None:
    on_the_line(visit)
    visit.page.keyboard.press("4")
    visit.page.keyboard.press("#")
    calls = visit.peer.script.calls
    calls.wait(lambda: {"type": "keys", "keys": "#"} in calls.words)
    assert [said["keys"] for said in calls.words if said["type"] == "keys"] == ["4", "#"]


def test_another_microphone_can_be_chosen(visit: Visit) -> None:
    on_the_line(visit)
    visit.page.get_by_role("button", name="Microphone and sound").click()
    choice = visit.page.get_by_role("combobox", name="Microphone")
    expect(choice).to_be_visible()
    last = choice.locator("option").last.get_attribute("value")
    assert last is not None
    choice.select_option(last)
    expect(choice).to_have_value(last)
    visit.peer.script.calls.until_loud(True)


def test_loudness_of_the_wave_is_the_visitors(visit: Visit) -> None:
    visit.page.emulate_media(reduced_motion="no-preference")
    on_the_line(visit)
    tall = "getComputedStyle(document.querySelector('body > div:last-of-type').shadowRoot"
    middle = f"new DOMMatrix({tall}.querySelectorAll('.voices i')[5]).transform).d"
    visit.page.wait_for_function(f"{middle} > 0.5")
    assert loudness(visit.peer.script.calls.until_loud(True)) > 0.05
