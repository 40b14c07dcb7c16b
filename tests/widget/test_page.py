"""The widget on its owner's page: options, places, its small public face, and who it must not disturb."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.widget.peer import Peer
from tests.widget.visit import Visit


def test_the_only_global_is_aiwidget(visit: Visit) -> None:
    visit.page.goto(f"{visit.peer.elsewhere}/page")
    names = "Object.keys(window).filter(n => /widget|parley/i.test(n))"
    assert visit.page.evaluate(names) == ["AIWidget"]
    assert visit.page.evaluate("Object.keys(AIWidget).sort()") == ["hide", "init", "sendMessage", "show"]


def test_a_page_opens_closes_and_speaks_through_it(visit: Visit) -> None:
    visit.page.goto(f"{visit.peer.elsewhere}/page?agent-id=")
    visit.page.evaluate(
        "AIWidget.init({agentId: 'pk_luna', appearance: {position: 'top-left'}, placeholder: 'Ask…'})"
    )
    visit.page.evaluate("AIWidget.sendMessage('A table for two')")
    expect(visit.log).to_contain_text("You said: A table for two")
    expect(visit.field).to_have_attribute("placeholder", "Ask…")
    visit.page.evaluate("AIWidget.hide()")
    expect(visit.panel).to_be_hidden()
    visit.page.evaluate("AIWidget.show()")
    expect(visit.panel).to_be_visible()


@pytest.mark.parametrize("position", ["bottom-right", "bottom-left", "top-right", "top-left"])
def test_it_stands_where_the_owner_wants_it(visit: Visit, position: str) -> None:
    visit.open(position=position)
    box = visit.panel_box()
    assert (box["width"], box["height"]) == (372, 640)
    assert (box["y"] == 20) == position.startswith("top")
    assert (box["x"] == 20) == position.endswith("left")


def test_the_servers_settings_count_where_the_page_says_nothing(visit: Visit) -> None:
    visit.peer.script.widget = {
        "appearance": {"size": "large", "position": "bottom-left"},
        "behavior": {"placeholder": "From the server"},
        "branding": {"showPoweredBy": False},
    }
    visit.open(size="small")
    box = visit.panel_box()
    assert (box["width"], box["x"]) == (320, 20)
    expect(visit.field).to_have_attribute("placeholder", "From the server")
    expect(visit.page.get_by_text("Powered by Parley")).to_be_hidden()


def test_an_owners_colour_reaches_the_arrow_and_the_words(visit: Visit) -> None:
    visit.open(theme="custom", primary_color="#ffe600")
    painted = visit.page.get_by_role("button", name="Send").evaluate(
        "one => getComputedStyle(one).backgroundImage"
    )
    assert "124, 77, 235" not in painted
    red, green, blue = (int(part) for part in re.findall(r"rgb\((\d+), (\d+), (\d+)\)", painted)[-1])
    assert red > blue < green, "still the owner's yellow, only darker"


def test_auto_open_opens_once_and_leaves_the_focus_where_it_was(visit: Visit) -> None:
    visit.load(auto_open="true")
    expect(visit.log).to_contain_text("Buona sera")
    assert visit.page.evaluate("document.activeElement === document.body")
    visit.page.get_by_role("button", name="Close the conversation").click()
    visit.page.reload()
    expect(visit.launcher).to_be_visible()
    expect(visit.panel).to_be_hidden()


def test_the_greeting_invites_and_can_be_sent_away(visit: Visit) -> None:
    visit.load(greeting="Hungry? Ask for a table.")
    invitation = visit.page.get_by_role("button", name="Hungry? Ask for a table.")
    expect(invitation).to_be_visible()
    visit.page.get_by_role("button", name="Close the greeting").click()
    expect(invitation).to_be_hidden()
    visit.page.reload()
    expect(visit.launcher).to_be_visible()
    expect(invitation).to_be_hidden()


def test_wrong_options_are_explained_and_left_out(visit: Visit) -> None:
    told: list[str] = []
    visit.page.on("console", lambda message: told.append(message.text))
    visit.load(theme="pink")
    expect(visit.launcher).to_be_visible()
    assert any("use one of: light, dark, custom" in text for text in told)


def test_neither_sides_styles_reach_the_other(visit: Visit) -> None:
    visit.open()
    colour = "one => getComputedStyle(one).color"
    assert visit.page.locator(".agent .words").first.evaluate(colour) == "rgb(26, 36, 75)"
    assert visit.page.locator("#own").evaluate("one => getComputedStyle(one).fontSize") != "14px"


def test_the_pages_shortcuts_do_not_hear_the_visitor(visit: Visit) -> None:
    visit.open()
    visit.page.evaluate(
        "window.heard = []; addEventListener('keydown', event => window.heard.push(event.key))"
    )
    visit.field.press_sequentially("s/k")
    assert visit.page.evaluate("window.heard") == []


def test_on_a_phone_it_takes_the_whole_screen(browser: Browser, peer: Peer) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    visit = Visit(context.new_page(), peer)
    visit.open(position="top-left", size="small")
    box = visit.panel_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 390, 844)
    expect(visit.field).not_to_be_focused()
    context.close()
