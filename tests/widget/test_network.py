"""The network is bad, the server is busy, the page is reloaded: nothing said is lost, and words explain it."""

import pytest
from playwright.sync_api import expect

from tests.widget.peer import agent
from tests.widget.visit import Visit


def test_a_reload_keeps_the_talk_and_the_open_panel(visit: Visit) -> None:
    visit.open()
    visit.say("Friday")
    expect(visit.log).to_contain_text("You said: Friday")
    visit.page.reload()
    expect(visit.log).to_contain_text("You said: Friday")
    expect(visit.page.locator(".mood")).to_have_text("answers at once")
    assert visit.page.locator(".line").count() == 3
    last = visit.peer.script.requests[-1]
    assert (last["session_id"], last["session_secret"]) == ("s1", "resume")


def test_a_reload_without_a_server_still_shows_the_talk(visit: Visit) -> None:
    visit.open()
    visit.say("Friday")
    expect(visit.log).to_contain_text("You said: Friday")
    visit.page.route("**/api/**", lambda route: route.abort())
    visit.page.reload()
    expect(visit.log).to_contain_text("You said: Friday")
    expect(visit.status).to_contain_text("Reconnecting")


@pytest.mark.parametrize("code", [1001, 1011, 1012])
def test_a_cut_socket_comes_back_and_misses_nothing(visit: Visit, code: int) -> None:
    visit.open()
    visit.peer.cut(code)
    expect(visit.status).to_contain_text("Reconnecting")
    visit.peer.script.write(agent("This was said meanwhile."))
    expect(visit.log).to_contain_text("This was said meanwhile.")
    expect(visit.status).to_be_hidden()
    assert visit.peer.script.hellos[-1]["last_seq"] == 1
    assert len(visit.peer.script.requests) == 1


def test_unconfirmed_words_are_sent_again_and_heard_once(visit: Visit) -> None:
    visit.peer.script.deaf = True
    visit.open()
    visit.say("Friday")
    visit.say("for four")
    visit.peer.script.deaf = False
    visit.peer.cut(1012)
    expect(visit.log).to_contain_text("You said: for four")
    said = [line["text"] for line in visit.peer.script.log if line["role"] == "visitor"]
    assert said == ["Friday", "for four"]


def test_an_expired_token_is_renewed_for_the_same_session(visit: Visit) -> None:
    visit.open()
    visit.peer.push({"type": "error", "code": "INVALID_TOKEN", "message": "Too old.", "fatal": True})
    visit.peer.cut(4401)
    expect(visit.page.locator(".mood")).to_have_text("answers at once")
    visit.say("Still me")
    expect(visit.log).to_contain_text("You said: Still me")
    assert [one.get("session_id") for one in visit.peer.script.requests] == [None, "s1"]


def test_a_session_that_is_gone_is_followed_by_a_fresh_one(visit: Visit) -> None:
    visit.open()
    visit.say("Friday")
    expect(visit.log).to_contain_text("You said: Friday")
    visit.peer.cut(4404)
    expect(visit.page.locator(".line")).to_have_count(1)
    assert visit.peer.script.sessions == 2


def test_offline_is_said_and_words_wait_for_the_way_back(visit: Visit) -> None:
    visit.open()
    visit.page.context.set_offline(True)
    expect(visit.status).to_contain_text("You are offline. We go on when you are back.")
    visit.say("From the tunnel")
    visit.page.context.set_offline(False)
    expect(visit.log).to_contain_text("You said: From the tunnel")
    expect(visit.status).to_be_hidden()


def test_a_quiet_talk_goes_on_with_a_tap(visit: Visit) -> None:
    visit.open()
    visit.peer.cut(4408)
    visit.page.get_by_role("button", name="Tap to go on").click()
    expect(visit.status).to_be_hidden()
    visit.say("Back again")
    expect(visit.log).to_contain_text("You said: Back again")


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (403, "ORIGIN_NOT_ALLOWED", "not allowed"),
        (404, "AGENT_NOT_FOUND", "check the agent's id"),
        (422, "ODD", "Say it otherwise."),
    ],
)
def test_a_refusal_is_told_in_plain_words_and_can_be_tried_again(
    visit: Visit, status: int, code: str, words: str
) -> None:
    visit.peer.script.refuse = (status, code, "Say it otherwise.")
    visit.load()
    visit.launcher.click()
    expect(visit.status).to_contain_text(words)
    visit.peer.script.refuse = None
    visit.page.get_by_role("button", name="Try again").click()
    expect(visit.log).to_contain_text("Buona sera")


def test_a_busy_server_is_waited_for(visit: Visit) -> None:
    visit.peer.script.refuse = (503, "SERVER_BUSY", "Too many sessions.")
    visit.load()
    visit.launcher.click()
    expect(visit.status).to_contain_text("Many people are talking with us")
    visit.peer.script.refuse = None
    expect(visit.log).to_contain_text("Buona sera")
