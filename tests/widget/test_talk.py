"""A visitor talks: words, choices, cards, what she sees while the agent thinks, and when it ends."""

import re

from playwright.sync_api import expect

from tests.widget.peer import Frame, Script, agent, buttons
from tests.widget.visit import Visit


def test_nothing_but_the_script_is_loaded_until_a_visitor_opens_it(visit: Visit) -> None:
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url))
    visit.load()
    expect(visit.launcher).to_be_visible()
    visit.page.wait_for_load_state("networkidle")
    assert [url for url in asked if "/page" not in url] == [f"{visit.peer.origin}/widget.js"]
    assert visit.peer.script.requests == []


def test_a_visitor_asks_and_is_answered(visit: Visit) -> None:
    visit.open()
    expect(visit.page.get_by_role("heading", name="Luna")).to_be_visible()
    visit.say("Friday at half past seven")
    expect(visit.log).to_contain_text("You said: Friday at half past seven")
    expect(visit.field).to_have_value("")
    assert visit.peer.script.requests[0]["agent_id"] == "pk_luna"


def test_a_choice_is_made_once(visit: Visit) -> None:
    def offer(_: Script, said: Frame) -> list[Frame]:
        return [agent(f"{said['label']}, lovely.")] if said["type"] == "button" else []

    visit.peer.script.answer = offer
    visit.peer.script.greeting = [agent("Buona sera! Inside?", buttons=buttons("Inside", "Under the trees"))]
    visit.open()
    visit.chips.filter(has_text="trees").click()
    expect(visit.log).to_contain_text("Under the trees, lovely.")
    expect(visit.chips.first).to_have_attribute("aria-disabled", "true")
    visit.chips.first.click(force=True)
    visit.say("And a high chair")
    expect(visit.line("And a high chair")).not_to_have_class("line visitor waiting")
    pressed = [(said["type"], said.get("button")) for said in visit.peer.script.heard]
    assert pressed == [("button", "under the trees"), ("text", None)]


def test_cards_pictures_and_links_are_shown_as_what_they_are(visit: Visit) -> None:
    card = {"title": "Table for four", "text": "Friday, 19:30"}
    words = "Look: https://luna.example/menu. <img src=x onerror=alert(1)> javascript:alert(2)"
    said = agent(words, cards=[card], image="javascript:alert(3)", alt="no")
    visit.peer.script.greeting = [agent("Buona sera"), said]
    visit.open()
    expect(visit.page.locator(".card strong")).to_have_text("Table for four")
    link = visit.log.get_by_role("link")
    expect(link).to_have_attribute("href", "https://luna.example/menu")
    expect(link).to_have_attribute("rel", re.compile("noopener"))
    expect(visit.log).to_contain_text("<img src=x onerror=alert(1)> javascript:alert(2)")
    assert visit.log.locator("img").count() == 0


def test_preparing_is_seen_and_passes(visit: Visit) -> None:
    visit.open()
    visit.peer.push({"type": "typing", "on": True})
    expect(visit.page.locator(".mood")).to_have_text("is preparing an answer…")
    expect(visit.page.locator(".preparing")).to_be_visible()
    visit.peer.push(agent("There you are."))
    expect(visit.page.locator(".preparing")).to_be_hidden()
    expect(visit.page.locator(".mood")).to_have_text("answers at once")


def test_an_ended_talk_says_so_and_starts_again(visit: Visit) -> None:
    visit.open()
    visit.say("Thank you")
    visit.peer.push({"type": "ended", "outcome": "booked"})
    expect(visit.status).to_contain_text("This conversation has ended.")
    expect(visit.field).to_be_hidden()
    visit.page.get_by_role("button", name="Start again").click()
    expect(visit.field).to_be_visible()
    expect(visit.page.locator(".line")).to_have_count(1)
    assert visit.peer.script.requests[-1].get("session_id") is None


def test_a_long_talk_keeps_the_readers_place(visit: Visit) -> None:
    visit.peer.script.greeting = [agent(f"Buona sera number {n}, and some more words.") for n in range(60)]
    visit.open()
    expect(visit.line("number 59,")).to_be_in_viewport()
    visit.log.hover()
    visit.page.mouse.wheel(0, -2000)
    newest = visit.page.get_by_role("button", name="To the newest words")
    expect(newest).to_be_visible()
    visit.peer.push(agent("One more."))
    expect(visit.line("One more.")).not_to_be_in_viewport()
    newest.click()
    expect(visit.line("One more.")).to_be_in_viewport()


def test_words_that_come_while_it_is_closed_are_marked(visit: Visit) -> None:
    visit.open()
    visit.page.get_by_role("button", name="Close the conversation").click()
    visit.peer.push(agent("Still there?"))
    expect(visit.page.get_by_role("button", name=re.compile("New words are waiting"))).to_be_visible()
    visit.launcher.click()
    expect(visit.line("Still there?")).to_be_in_viewport()


def test_a_refused_message_stays_and_can_be_sent_again(visit: Visit) -> None:
    visit.peer.script.deaf = True
    visit.open()
    visit.say("Friday")
    expect(visit.line("Friday")).to_have_class(re.compile("waiting"))
    key = _heard(visit)["client_msg_id"]
    problem = {
        "type": "error",
        "code": "INVALID_MESSAGE",
        "message": "We could not read that.",
        "fatal": False,
    }
    visit.peer.push({**problem, "client_msg_id": key})
    expect(visit.status).to_contain_text("We could not read that.")
    visit.peer.script.deaf = False
    visit.page.get_by_role("button", name="Send again").click()
    expect(visit.log).to_contain_text("You said: Friday")


def _heard(visit: Visit) -> Frame:
    """The first thing the server heard, once it has."""
    for _ in range(600):
        if visit.peer.script.heard:
            break
        visit.page.wait_for_timeout(50)
    return visit.peer.script.heard[0]
