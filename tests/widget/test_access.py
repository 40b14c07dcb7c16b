"""For who does not see, does not point, or does not want things to move."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.widget.peer import Frame, Peer, agent, buttons
from tests.widget.visit import Visit

TALK: list[Frame] = [
    agent("Buona sera! See https://luna.example/menu, or shall I choose?", buttons=buttons("Yes", "No")),
    {"type": "message", "role": "visitor", "text": "Yes", "at": ""},
    agent("Lovely.", cards=[{"title": "Table for four", "text": "Friday, under the trees"}]),
    agent("Shall I book it?", buttons=buttons("Book it", "Change it")),
]


@pytest.fixture(scope="session")
def axe(built: Path) -> str:
    """The source of axe-core."""
    return (built / "node_modules" / "axe-core" / "axe.min.js").read_text()


@pytest.mark.parametrize(
    "options",
    [{"theme": "light"}, {"theme": "dark"}, {"theme": "custom", "primary_color": "#ffb000"}],
    ids=lambda options: options["theme"],
)
def test_axe_finds_nothing_in_a_talk(visit: Visit, axe: str, options: dict[str, str]) -> None:
    visit.peer.script.greeting = TALK
    visit.open(**options)
    assert visit.axe(axe) == []


def test_axe_finds_nothing_when_closed_failed_or_over(visit: Visit, axe: str) -> None:
    visit.load(greeting="Hungry?")
    expect(visit.launcher).to_be_visible()
    assert visit.axe(axe) == []
    visit.peer.script.refuse = (403, "ORIGIN_NOT_ALLOWED", "")
    visit.launcher.click()
    expect(visit.page.get_by_role("button", name="Try again")).to_be_visible()
    assert visit.axe(axe) == []
    visit.peer.script.refuse = None
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.log).to_contain_text("Buona sera")
    visit.peer.push({"type": "ended", "outcome": "done"})
    expect(visit.page.get_by_role("button", name="Start again")).to_be_visible()
    assert visit.axe(axe) == []


def test_a_keyboard_is_enough(visit: Visit) -> None:
    visit.peer.script.greeting = [agent("Buona sera! Inside?", buttons=buttons("Inside", "Outside"))]
    visit.load()
    visit.launcher.focus()
    visit.page.keyboard.press("Enter")
    expect(visit.log).to_contain_text("Buona sera")
    expect(visit.field).to_be_focused()
    visit.page.keyboard.press("Shift+Tab")
    expect(visit.chips.last).to_be_focused()
    visit.page.keyboard.press("Enter")
    expect(visit.log).to_contain_text("You said: Outside")
    expect(visit.chips.last).to_be_focused()
    visit.page.keyboard.press("Escape")
    expect(visit.panel).to_be_hidden()
    expect(visit.launcher).to_be_focused()


def test_shift_enter_is_a_new_line(visit: Visit) -> None:
    visit.open()
    visit.field.press_sequentially("one")
    visit.field.press("Shift+Enter")
    visit.field.press_sequentially("two")
    visit.field.press("Enter")
    expect(visit.log).to_contain_text("You said: one")
    assert visit.peer.script.heard[0]["text"] == "one\ntwo"


def test_new_words_are_announced_and_old_ones_are_not(visit: Visit) -> None:
    visit.open()
    expect(visit.log).to_have_attribute("aria-live", "polite")
    expect(visit.log).to_have_attribute("aria-busy", "false")
    expect(visit.log).to_have_attribute("lang", "en-GB")
    assert (
        visit.line("Buona sera").locator(".words").text_content()
        == "Luna: " + visit.peer.script.log[0]["text"]
    )


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_nothing_moves_for_who_asked_for_rest(browser: Browser, peer: Peer, motion: str) -> None:
    context = browser.new_context(reduced_motion=motion)  # type: ignore[arg-type]
    visit = Visit(context.new_page(), peer).open()
    named = visit.panel.evaluate("one => getComputedStyle(one).animationName")
    assert (named == "none") == (motion == "reduce")
    context.close()
